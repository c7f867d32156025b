import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { CommandIO } from '../../../src/cli/command-io.ts'
import { inspect } from '../../../src/cli/inspect.ts'
import { openInBrowser } from '../../../src/cli/inspect-browser.ts'
import type { InspectOptions } from '../../../src/cli/inspect-options.ts'
import { settle } from '../../../src/testing/settle.ts'
import { command } from '../../cli/command.ts'
import { helloOf, pageDirectory, peer } from './rig.ts'

const options: InspectOptions = { port: 0, host: '127.0.0.1', open: false, origins: [], app: undefined }

interface Run {
  readonly out: () => string
  readonly err: () => string
  readonly exit: Promise<number>
  readonly page: string
  interrupt(): void
}

/** The command with a page of a test's own, until the test ends. */
async function running(more: Partial<InspectOptions> = {}, open = async (_url: string) => true): Promise<Run> {
  const page = await pageDirectory()
  const interrupted = new AbortController()
  const texts = { out: '', err: '' }
  const into = (name: keyof typeof texts): Writable =>
    new Writable({
      write(chunk, _encoding, done) {
        texts[name] += chunk
        done()
      },
    })
  const io: CommandIO = {
    ...{ stdin: Readable.from([]), stdout: into('out'), stderr: into('err'), signal: interrupted.signal },
    ...{ environment: {}, now: Date.now },
  }
  const exit = inspect({ ...options, ...more }, io, { page, open })
  onTestFinished(async () => {
    interrupted.abort()
    await exit.catch(() => undefined)
  })
  return { page, out: () => texts.out, err: () => texts.err, exit, interrupt: () => interrupted.abort() }
}

const appUrlIn = (text: string): string => /STATEWIRE_INSPECT='(.+)'/.exec(text)?.[1] ?? ''

test('it prints the page’s address and the lines to attach, and ends well at Ctrl-C', async () => {
  const run = await running()
  await settle(() => run.out().split('\n').length === 4)
  const [url = '', inNode = '', inPage = ''] = run.out().split('\n')
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{22}&app=[\w-]{22}$/)
  expect(await (await fetch(url)).text()).toContain('<title>page</title>')
  const appUrl = appUrlIn(inNode)
  expect(inNode).toBe(`in Node      STATEWIRE_INSPECT='${appUrl}'`)
  expect(inPage).toContain(`webSocketLink({ url: '${appUrl}' })`)
  const app = await peer(appUrl)
  app.send([helloOf('app')])
  await settle(() => app.heard.length === 1)
  run.interrupt()
  expect(await run.exit).toBe(0)
  expect(await app.closed).toBe(1001)
  expect(run.err()).toBe('statewire: Stopping.\n')
})

test('--open gives a browser an address that works once and is not the token', async () => {
  const opened: string[] = []
  const run = await running({ open: true }, async (url) => {
    opened.push(url)
    return false
  })
  await settle(() => run.err() !== '')
  expect(run.err()).toBe('statewire: No browser could be opened: use the address above.\n')
  const [url = ''] = opened
  const first = await fetch(url, { redirect: 'manual' })
  expect(new URL(first.headers.get('location') ?? '', url).href).toBe(run.out().split('\n')[0])
  expect(run.out()).not.toContain(url.split('/').at(-1))
  expect((await fetch(url)).status).toBe(404)
})

test('a system without browsers is no failure', async () => {
  const path = process.env.PATH
  process.env.PATH = '/nowhere'
  onTestFinished(() => {
    process.env.PATH = path
  })
  expect(await openInBrowser('http://127.0.0.1/', 'linux')).toBe(false)
})

describe('--app', () => {
  test('starts a program with the address, passes on what it says, and ends it', async () => {
    const code = "console.log('at ' + process.env.STATEWIRE_INSPECT); console.error('oops'); setInterval(() => {}, 1e6)"
    const run = await running({ app: [process.execPath, '-e', code] })
    await settle(() => run.out().includes('at ') && run.err().includes('oops'), { timeout: 15_000 })
    expect(run.out()).toContain(`at ${appUrlIn(run.out())}\n`)
    run.interrupt()
    expect(await run.exit).toBe(0)
    expect(run.err()).toContain('The program ended by SIGTERM.')
  })

  test('that ends by itself can still be looked at', async () => {
    const run = await running({ app: [process.execPath, '-e', 'process.exit(3)'] })
    await settle(() => run.err().includes('The program ended with 3.'), { timeout: 15_000 })
    expect((await fetch(run.out().split('\n')[0] ?? '')).status).toBe(200)
    run.interrupt()
    expect(await run.exit).toBe(0)
  })

  test('that cannot be started is wrong usage', async () => {
    const run = await running({ app: ['/nowhere/program'] })
    await expect(run.exit).rejects.toThrow('The program behind --app cannot be started.')
  })
})

test('beyond loopback it warns', async () => {
  const run = await running({ host: '0.0.0.0' })
  await settle(() => run.out() !== '')
  expect(run.err()).toContain('Warning: whoever reaches this address and has a token')
  expect(run.out()).not.toContain('0.0.0.0')
  expect((await fetch(run.out().split('\n')[0] ?? '')).status).toBe(200)
})

describe('what cannot work is said in a sentence', () => {
  test('a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    onTestFinished(() => void other.close())
    const { port } = other.address() as AddressInfo
    const run = await running({ port })
    expect(await run.exit).toBe(3)
    expect(run.err()).toBe(`statewire: Port ${port} on 127.0.0.1 is taken; choose another one with --port.\n`)
  })

  test('an address of another machine', async () => {
    const run = await running({ host: '192.0.2.1' })
    expect(await run.exit).toBe(3)
    expect(run.err()).toContain(
      'statewire: 192.0.2.1 is not an address of this machine; choose another one with --host.\n',
    )
  })

  test('a page that was not built', async () => {
    const page = await pageDirectory()
    const file = join(page, 'file')
    await writeFile(file, '')
    const stream = new Writable({ write: (_chunk, _encoding, done) => done() })
    const io: CommandIO = {
      ...{ stdin: Readable.from([]), stdout: stream, stderr: stream, signal: new AbortController().signal },
      ...{ environment: {}, now: Date.now },
    }
    await expect(inspect(options, io, { page: file })).rejects.toThrow('npm run build makes it')
  })

  test.each([
    [['--port', '65536'], 'Option --port must be a whole number, from 0 to 65535.'],
    [['--allow-origin', 'app.example'], 'Option --allow-origin is a scheme and a host, such as https://app.example.'],
    [
      ['--allow-origin', 'https://a.example/'],
      'Option --allow-origin is a scheme and a host, such as https://app.example.',
    ],
    [['--app'], 'Option --app is followed by a program and its arguments.'],
    [['--host='], 'Option --host needs a name or an address.'],
    [['node'], 'statewire inspect takes options only; a program to start stands behind --app.'],
    [['--tail'], 'Unknown option --tail.'],
  ])('%j', async (argv, sentence) => {
    const run = command(['inspect', ...argv])
    expect(await run.exit).toBe(2)
    expect(run.stderr.text).toBe(`statewire: ${sentence}\nType statewire --help for what there is.\n`)
  })
})

test('its help goes to stdout, and the program’s own options are its own', async () => {
  const help = command(['inspect', '--help', '--app', 'node', '--port'])
  expect(await help.exit).toBe(0)
  expect(help.stdout.text).toMatch(/^Usage: statewire inspect \[options\]/)
  expect(help.stdout.text).toMatch(/--allow-origin(?:.|\n)+in a frame(?:.|\n)+--host/)
})
