import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { Writable } from 'node:stream'
import { generate } from 'selfsigned'
import { describe, expect, onTestFinished, test } from 'vitest'
import { command, spawned } from './command.ts'
import { greeted, printed, served, temporaryFile } from './serving.ts'

const json = { 'content-type': 'application/json' }
const anonymous = '--allow-anonymous'

/** Where the package's name leads before it is built. */
const sources = new URL('../../src/index.ts', import.meta.url).href

const client = (line: string): string => line.replace('"statewire"', JSON.stringify(sources))

// Each line is another process to start.
describe('the lines it prints', { timeout: 60_000 }, () => {
  test('work as they are', async () => {
    const server = await served([anonymous])
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    await printed('sh', ['-c', `${server.line('create')} -w '%{http_code}'`], '201')
    const [curl, ours, native] = await Promise.all([
      printed('sh', ['-c', server.line('curl')], 'upToDate'),
      printed(process.execPath, ['-e', client(server.line('client'))], 'world'),
      printed(process.execPath, ['--experimental-eventsource', '-e', server.line('EventSource')], 'world'),
    ])
    expect(curl).toContain('[{"hello":"world"}]')
    expect(ours).toBe("{ hello: 'world' }\n")
    expect(native).toBe('[{"hello":"world"}]\n')
  })

  test('take the token from the environment, so that it is never printed', async () => {
    const server = await served(['--token-file', await temporaryFile('tokens', 'hunter2 ada\n')])
    const environment = { TOKEN: 'hunter2' }
    await printed('sh', ['-c', `${server.line('create')} -w '%{http_code}'`], '201', environment)
    await printed('sh', ['-c', server.line('curl')], 'world', environment)
    await printed(process.execPath, ['-e', client(server.line('client'))], 'world', environment)
    expect(server.line('EventSource')).toBe('cannot send a token: use the client')
    expect(server.stdout.text + server.stderr.text).not.toContain('hunter2')
  })
})

test('statewire tail reads what statewire serve serves, and goes on after it', async () => {
  const server = await served([anonymous, '--auto-create'])
  const address = `${server.url}/v1/stream/rooms/1`
  await fetch(address, { method: 'POST', headers: json, body: '[{"n":1},{"n":2}]' })
  const first = command(['tail', address, '-n', '2'])
  expect(await first.exit).toBe(0)
  expect(first.stdout.lines).toEqual(['{"n":1}', '{"n":2}'])
  const position = /last position (\S+)/.exec(first.stderr.text)?.[1] ?? ''
  const second = command(['tail', address, '-n', '1', '--from', position])
  await second.stderr.saw('connected')
  await fetch(address, { method: 'POST', headers: json, body: '[{"n":3}]' })
  expect(await second.exit).toBe(0)
  expect(second.stdout.lines).toEqual(['{"n":3}'])
})

describe('the process', { timeout: 60_000 }, () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('says goodbye at %s, and ends with 0', async (signal) => {
    const server = await greeted(spawned(['serve', '--port', '0', anonymous]))
    const address = `${server.url}/v1/stream/a`
    await fetch(address, { method: 'PUT', headers: json })
    const live = await fetch(`${address}?offset=-1&live=sse`)
    server.child.kill(signal)
    expect(await live.text()).toContain('"drainInMs":')
    expect(await server.exit).toBe(0)
    expect(server.stderr.text).toBe('statewire: Stopping: readers are told when to come back.\n')
  })

  test('reads the tokens again at SIGHUP', async () => {
    const path = await temporaryFile('tokens', 'one ada\n')
    const server = await greeted(spawned(['serve', '--port', '0', '--token-file', path]))
    await writeFile(path, 'two ada\n')
    server.hangUp()
    await server.stderr.saw('The token file was read again.')
    expect(await statusWith(server.url, 'one')).toBe(401)
    expect(await statusWith(server.url, 'two')).toBe(404)
    server.interrupt()
    expect(await server.exit).toBe(0)
  })
})

async function statusWith(url: string, token: string): Promise<number> {
  const { status } = await fetch(`${url}/v1/stream/a?offset=-1`, { headers: { authorization: `Bearer ${token}` } })
  return status
}

describe('a token file', () => {
  test('lets in who has a token of it, and nobody else', async () => {
    const server = await served(['--token-file', await temporaryFile('tokens', 'one ada\n')])
    expect((await fetch(`${server.url}/v1/stream/a?offset=-1`)).status).toBe(401)
    expect(await statusWith(server.url, 'oNe')).toBe(401)
    expect(await statusWith(server.url, 'one')).toBe(404)
  })

  test('that lost a token cuts off who used it; one that is broken changes nothing', async () => {
    const path = await temporaryFile('tokens', 'one ada\ntwo bob\n')
    const server = await served(['--token-file', path, '--auto-create'])
    const headers = { ...json, authorization: 'Bearer one' }
    await fetch(`${server.url}/v1/stream/a`, { method: 'PUT', headers })
    const reads = await Promise.all(
      ['one', 'two'].map((token) =>
        fetch(`${server.url}/v1/stream/a?offset=-1&live=sse`, { headers: { authorization: `Bearer ${token}` } }),
      ),
    )
    await writeFile(path, 'two bob cleo\n')
    server.hangUp()
    await server.stderr.saw('Line 1 of the token file is not TOKEN [PRINCIPAL]. The tokens of before stay.')
    expect(await statusWith(server.url, 'one')).toBe(200)
    await writeFile(path, 'two bob\n')
    server.hangUp()
    await server.stderr.saw('The token file was read again.')
    await reads[0]?.text().catch(() => 'cut')
    expect(await statusWith(server.url, 'one')).toBe(401)
    expect(await statusWith(server.url, 'two')).toBe(200)
    await reads[1]?.body?.cancel()
  })

  test.skipIf(process.platform === 'win32')('that everybody can read is warned of', async () => {
    const server = await served(['--token-file', await temporaryFile('tokens', 'one\n', 0o644)])
    expect(server.stderr.text).toContain('Warning: every account of this machine can read the token file')
  })
})

test('everyone on every address is warned of, tokens in plain text too; both listen', async () => {
  const open = await served([anonymous, '--host', '0.0.0.0'])
  expect(open.stderr.text).toContain('Warning: everyone who reaches 0.0.0.0 may read, write and delete every stream')
  expect(open.line('curl')).toContain('http://127.0.0.1:')
  const tokens = await served(['--host', '0.0.0.0', '--token-file', await temporaryFile('tokens', 'one\n')])
  expect(tokens.stderr.text).toContain('Warning: tokens travel in plain text')
})

test('operators have a port of their own', async () => {
  const server = await served([anonymous, '--admin-port', '0'])
  const metrics = /health and metrics: (\S+)/.exec(server.stdout.text)?.[1] ?? ''
  expect((await fetch(metrics)).status).toBe(200)
  expect((await fetch(metrics.replace('metrics', 'readyz'))).status).toBe(200)
  expect((await fetch(`${server.url}/metrics`)).status).toBe(404)
})

test('TLS is served with a certificate and a key', async () => {
  const { cert, private: key } = await generate([{ name: 'commonName', value: '127.0.0.1' }], { keyType: 'ec' })
  const files = ['--tls-cert', await temporaryFile('cert.pem', cert), '--tls-key', await temporaryFile('key.pem', key)]
  const server = await served([anonymous, '--auto-create', ...files])
  expect(server.url).toMatch(/^https:/)
  const address = `${server.url}/v1/stream/a`
  const posted = command(['tail', address, '--insecure', '-H', 'Content-Type: application/json', '-d', '[{"n":1}]'])
  expect(await posted.exit).toBe(0)
  const tail = command(['tail', address, '--insecure', '-n', '1'])
  expect(await tail.exit).toBe(0)
  expect(tail.stdout.text).toBe('{"n":1}\n')
})

test('a file keeps the streams from one run to the next', async () => {
  const store = `file:${await temporaryFile('streams.db', '')}`
  const before = await served([anonymous, '--auto-create', '--store', store])
  await fetch(`${before.url}/v1/stream/a`, { method: 'POST', headers: json, body: '[1,2]' })
  before.interrupt()
  expect(await before.exit).toBe(0)
  const after = await served([anonymous, '--store', store])
  expect(await (await fetch(`${after.url}/v1/stream/a?offset=-1`)).json()).toEqual([1, 2])
})

test('pages of named origins may come in, others not', async () => {
  const server = await served([anonymous, '--auto-create', '--origin', 'https://app.example'])
  const append = (origin: string) =>
    fetch(`${server.url}/v1/stream/a`, { method: 'POST', headers: { ...json, origin }, body: '[1]' })
  expect((await append('https://app.example')).status).toBe(204)
  expect((await append('https://app.example.evil')).status).toBe(403)
})

test('a reader of its stdout who has seen enough does not end it', async () => {
  let text = ''
  const stdout = new Writable({
    write(chunk: Buffer, _encoding, callback) {
      text += chunk.toString()
      callback(Object.assign(new Error('closed'), { code: 'EPIPE' }))
    },
  })
  const run = command(['serve', '--port', '0', anonymous], { stdout })
  // Not by `once`, which would reject with the error that is meant.
  await new Promise((resolve) => stdout.on('close', resolve))
  expect((await fetch(`${text.split('\n')[0]}/v1/stream/a?offset=-1`)).status).toBe(404)
  run.interrupt()
  expect(await run.exit).toBe(0)
})

describe('what cannot work ends at once, in one sentence', () => {
  test.each([
    [[], 'Who may come in? Give --token-file PATH, or --allow-anonymous to let everyone read and write.'],
    [
      [anonymous, '--token-file', 'x'],
      'Options --allow-anonymous and --token-file exclude each other: give one of them.',
    ],
    [['--token-file', '/nowhere/tokens'], 'The token file cannot be read.'],
    [
      [anonymous, '--tls-cert', '/nowhere/c', '--tls-key', '/nowhere/k'],
      'The file of --tls-cert or --tls-key cannot be read.',
    ],
    [[anonymous, '--origin', 'app.example'], 'An origin is a scheme and a host, such as https://app.example.'],
  ])('%j', async (argv, sentence) => {
    const run = command(['serve', ...argv])
    expect(await run.exit).toBe(2)
    expect(run.stderr.text).toBe(`statewire: ${sentence}\nType statewire --help for what there is.\n`)
    expect(run.stdout.text).toBe('')
  })

  test('a port that is taken, be it the public one or the operators’', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    onTestFinished(() => void other.close())
    const taken = String((other.address() as AddressInfo).port)
    const run = command(['serve', anonymous, '--port', taken])
    expect(await run.exit).toBe(3)
    expect(run.stderr.text).toBe(`statewire: Port ${taken} on 127.0.0.1 is taken; choose another one with --port.\n`)
    const admin = command(['serve', anonymous, '--port', '0', '--admin-port', taken])
    expect(await admin.exit).toBe(3)
    expect(admin.stderr.text).toContain(`Port ${taken} on 127.0.0.1 is taken; choose another one with --admin-port.`)
  })

  test('an address of another machine', async () => {
    const run = command(['serve', anonymous, '--port', '0', '--host', '192.0.2.1'])
    expect(await run.exit).toBe(3)
    expect(run.stderr.text).toContain('192.0.2.1 is not an address of this machine; choose another one with --host.')
  })
})

test('its help goes to stdout', async () => {
  const help = command(['serve', '--help'])
  expect(await help.exit).toBe(0)
  expect(help.stdout.text).toMatch(/^Usage: statewire serve \[options\]/)
})
