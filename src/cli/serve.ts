/**
 * `statewire serve`: the server from the command line, from the first option to the exit code.
 *
 * @module
 */
import { readFile } from 'node:fs/promises'
import {
  createStreamServer,
  fileStore,
  memoryStore,
  type ServerListening,
  type StreamServer,
  type StreamServerOptions,
  type StreamStore,
} from '../server/index.ts'
import { isLoopback } from '../server/security/address.ts'
import type { CommandIO } from './command-io.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { greeting } from './greeting.ts'
import { listenFailure } from './listen-failure.ts'
import { printableLine } from './printable.ts'
import type { ServeOptions, StoreChoice } from './serve-options.ts'
import { openTokenFile, type TokenFile } from './token-file.ts'
import { usage } from './usage.ts'

/** When readers that do not end by themselves are cut, in ms: `docker stop` kills a process after 10 s. */
const GRACE = 9_000

/** Serves until it is interrupted. Rejects `bad_option` when an option turns out not to work. */
export async function serve(options: ServeOptions, io: CommandIO): Promise<ExitCode> {
  const say = (sentence: string): void => void io.stderr.write(`statewire: ${sentence}\n`)
  const tokens = options.access.kind === 'tokens' ? await openTokenFile(options.access.path) : undefined
  const tls = options.tls === undefined ? undefined : await certificateOf(options.tls)
  const server = makeServer(options, tokens, say)
  for (const warning of warningsFor(options, tokens)) say(`Warning: ${warning}`)
  let listening: ServerListening
  try {
    const { port, host, adminPort } = options
    listening = await server.listen({
      port,
      host,
      tls,
      admin: adminPort === undefined ? undefined : { port: adminPort },
    })
  } catch (error) {
    await server.close()
    say(listenFailure(error, options))
    return exitCodes.refused
  }
  const forget = tokens === undefined ? undefined : io.onHangup?.(() => void reread(tokens, server, say))
  // Who closes stdout does not want to hear; the streams are served all the same.
  io.stdout.on('error', () => undefined)
  io.stdout.write(greeting({ url: listening.url, adminUrl: listening.admin?.url, tokens: tokens !== undefined }))
  await interruption(io.signal)
  say('Stopping: readers are told when to come back.')
  forget?.()
  return closed(server, say)
}

/** What was acknowledged is kept all the same; that the store did not end well is worth a look. */
async function closed(server: StreamServer, say: (sentence: string) => void): Promise<ExitCode> {
  try {
    await server.close({ graceMs: GRACE })
    return exitCodes.ended
  } catch (error) {
    say(`It did not close properly: ${printableLine(messageOf(error))}`)
    return exitCodes.outputFailed
  }
}

function makeServer(
  { access, store: choice, origins, autoCreate }: ServeOptions,
  tokens: TokenFile | undefined,
  say: (sentence: string) => void,
): StreamServer {
  const store = storeOf(choice)
  const options: StreamServerOptions = {
    allowAnonymous: access.kind === 'anonymous',
    authenticate: tokens === undefined ? undefined : ({ token }) => principalOf(tokens, token),
    store,
    origins,
    autoCreate,
    report: (error) => say(`Something failed inside: ${printableLine(messageOf(error))}`),
  }
  try {
    return createStreamServer(options)
  } catch (error) {
    void store.close()
    throw usage(messageOf(error), error)
  }
}

function principalOf(tokens: TokenFile, token: string | null): { readonly id: string } | null {
  const id = token === null ? null : tokens.principalOf(token)
  return id === null ? null : { id }
}

function storeOf(choice: StoreChoice): StreamStore {
  if (choice.kind === 'memory') return memoryStore()
  try {
    return fileStore({ path: choice.path })
  } catch (error) {
    throw usage(messageOf(error), error)
  }
}

async function certificateOf(files: NonNullable<ServeOptions['tls']>): Promise<{ cert: Buffer; key: Buffer }> {
  try {
    const [cert, key] = await Promise.all([readFile(files.cert), readFile(files.key)])
    return { cert, key }
  } catch (error) {
    throw usage('The file of --tls-cert or --tls-key cannot be read.', error)
  }
}

function* warningsFor({ access, host, tls }: ServeOptions, tokens: TokenFile | undefined): Generator<string> {
  if (tokens?.readableByAll) yield 'every account of this machine can read the token file: chmod 600 it.'
  if (host === 'localhost' || isLoopback(host)) return
  if (access.kind === 'anonymous')
    yield `everyone who reaches ${host} may read, write and delete every stream; --token-file lets in only who has a token.`
  else if (tls === undefined) yield 'tokens travel in plain text: give --tls-cert and --tls-key, or stay on loopback.'
}

/** Who lost a token is cut off at once; who still has another one comes back with it. */
async function reread(tokens: TokenFile, server: StreamServer, say: (sentence: string) => void): Promise<void> {
  try {
    for (const principal of await tokens.reload()) server.revoke(principal)
    say('The token file was read again.')
  } catch (error) {
    say(`${messageOf(error)} The tokens of before stay.`)
  }
}

function interruption(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
