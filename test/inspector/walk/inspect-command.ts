/**
 * `statewire inspect` as a process of its own, out of a directory that is laid out like the package after its build: so it finds the
 * page where it looks for it, whether or not this tree was built.
 *
 * @module
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildPage } from '../../../inspector/page/build.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))

export interface InspectCommand extends AsyncDisposable {
  /** What it has printed first: the address of the page. */
  readonly pageUrl: string
  /** For apps, out of the second line. */
  readonly appUrl: string
  /** Its process, the program behind `--app` not counted. */
  readonly processId: number
  /** To the program behind `--app`, on its stdin. */
  type(line: string): void
  /** Ctrl-C. Resolves with the exit code. */
  interrupt(): Promise<number>
}

/** @param app - a program and its arguments; without it `--app` is left out */
export async function inspectCommand(app: readonly string[]): Promise<InspectCommand> {
  const directory = await laidOut()
  const program = app.length === 0 ? [] : ['--app', ...app]
  const child = spawn(process.execPath, [join(directory, 'src/cli/main.ts'), 'inspect', '--port', '0', ...program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const exit = once(child, 'close').then(([code]) => Number(code))
  const out = await printed(child.stdout.setEncoding('utf8'))
  const interrupt = (): Promise<number> => {
    child.kill('SIGINT')
    return exit
  }
  return {
    pageUrl: out.split('\n')[0] ?? '',
    appUrl: /STATEWIRE_INSPECT='(.+)'/.exec(out)?.[1] ?? '',
    processId: child.pid ?? 0,
    type: (line) => void child.stdin.write(`${line}\n`),
    interrupt,
    async [Symbol.asyncDispose]() {
      await interrupt()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** All three lines of the greeting. */
async function printed(stdout: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const chunk of stdout) {
    text += chunk
    if (text.split('\n').length > 3) return text
  }
  throw new Error(`The command ended without an address: ${text}`)
}

async function laidOut(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'statewire-inspect-'))
  const copied = ['src', 'inspector', 'machines', 'package.json']
  const isOfPackage = (file: string): boolean => !/\.test\.tsx?$/.test(file)
  await Promise.all([
    ...copied.map((name) => cp(join(root, name), join(directory, name), { recursive: true, filter: isOfPackage })),
    symlink(join(root, 'node_modules'), join(directory, 'node_modules'), 'junction'),
    buildPage(join(directory, 'dist/inspector')),
  ])
  return directory
}
