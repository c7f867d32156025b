/**
 * `statewire inspect`: the hub from the command line, from the first option to the exit code.
 *
 * @module
 */
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { type Hub, startHub } from '../../inspector/hub/hub.ts'
import { isLoopback } from '../server/security/address.ts'
import type { CommandIO } from './command-io.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { type StartedApp, startApp } from './inspect-app.ts'
import { openInBrowser } from './inspect-browser.ts'
import type { InspectOptions } from './inspect-options.ts'
import { listenFailure } from './listen-failure.ts'
import { usage } from './usage.ts'

/** What the command has of the package and the system; tests give theirs. */
export interface InspectSurroundings {
  /** Directory of the page. Default: where the build puts it. */
  readonly page?: string | undefined
  /** Resolves whether it could be opened. */
  readonly open?: ((url: string) => Promise<boolean>) | undefined
}

type Say = (sentence: string) => void

/** Runs until it is interrupted. Rejects `bad_option` when an option turns out not to work. */
export async function inspect(
  options: InspectOptions,
  io: CommandIO,
  { page = builtPage(), open = openInBrowser }: InspectSurroundings = {},
): Promise<ExitCode> {
  const say: Say = (sentence) => void io.stderr.write(`statewire: ${sentence}\n`)
  if (options.host !== 'localhost' && !isLoopback(options.host)) {
    say('Warning: whoever reaches this address and has a token sees what your apps do. Tokens travel in plain text.')
  }
  const hub = await started(options, page, say)
  if (hub === undefined) return exitCodes.refused
  // Who closes stdout does not want to hear; the page is served all the same.
  io.stdout.on('error', () => undefined)
  io.stdout.write(linesOf(hub))
  if (options.open && !(await open(hub.openingUrl()))) say('No browser could be opened: use the address above.')
  try {
    const app = await appOf(options, hub, io, say)
    await interruption(io.signal)
    say('Stopping.')
    await app?.stop()
  } finally {
    await hub.close()
  }
  return exitCodes.ended
}

/** `undefined` when it cannot listen, which has been said. */
async function started({ host, port, origins }: InspectOptions, page: string, say: Say): Promise<Hub | undefined> {
  try {
    return await startHub({ host, port, origins, page })
  } catch (error) {
    const { syscall }: NodeJS.ErrnoException = error instanceof Error ? error : new Error(String(error))
    if (syscall !== 'listen' && syscall !== 'getaddrinfo') {
      throw usage('The page of the inspector is not there: npm run build makes it.', error)
    }
    say(listenFailure(error, { host, port }))
    return undefined
  }
}

/** When it ends, what it told can still be looked at. */
function appOf({ app }: InspectOptions, { appUrl }: Hub, io: CommandIO, say: Say): Promise<StartedApp> | undefined {
  if (app === undefined) return undefined
  return startApp(app, appUrl, io, (how) => say(`The program ended ${how}.`))
}

function linesOf({ url, appUrl }: Hub): string {
  const inPage = `attachInspector(actor, { link: webSocketLink({ url: '${appUrl}' }) })`
  return `${url}\nin Node      STATEWIRE_INSPECT='${appUrl}'\nin a page    ${inPage}\n`
}

function builtPage(): string {
  return join(dirname(createRequire(import.meta.url).resolve('statewire/package.json')), 'dist', 'inspector')
}

function interruption(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
