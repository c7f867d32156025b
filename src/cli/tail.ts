/**
 * `statewire tail URL`: one connection from the first request to the exit code.
 *
 * @module
 */
import { createActor } from 'xstate'
import { stateOf } from '../../machines/connection.ts'
import { values } from '../codecs/codec.ts'
import { connection } from '../connection/connection.ts'
import { asTransportError, type TransportError } from '../errors.ts'
import type { Message } from '../link.ts'
import { isRepeatable } from '../transports/repeatable.ts'
import { isWebSocket } from './arguments.ts'
import { type CommandIO, wantsColor } from './command-io.ts'
import { type ExitCode, exitCodeOf, exitCodes } from './exit-codes.ts'
import { jsonLine, plainLine } from './message-lines.ts'
import { narrate } from './narration.ts'
import type { TailOptions, Via } from './options.ts'
import { openOutput } from './output.ts'
import { readData } from './request-data.ts'
import { resumeCommand, shownUrl } from './resume-command.ts'
import { type TailInput, tailDial } from './tail-dial.ts'
import { inputOf } from './tail-input.ts'

/** How a run ends: the first reason counts. */
interface Outcome {
  readonly reason: string
  readonly code: ExitCode
}

const endedBy = (reason: string): Outcome => ({ reason, code: exitCodes.ended })

/** Where a position means something. */
const positioned: ReadonlySet<Via | undefined> = new Set<Via>(['sse', 'durable', 'long-poll'])

/** Runs until the stream, the user or stdout ends it. Rejects `bad_option` or `aborted` when `--data` cannot be read. */
export async function tail(options: TailOptions, io: CommandIO): Promise<ExitCode> {
  const data = options.data === undefined ? undefined : await readData(options.data, io.stdin, io.signal)
  const narration = narrate({
    write: (text) => void io.stderr.write(text),
    color: options.color && wantsColor(io.stderr, io.environment),
    quiet: options.quiet,
    now: io.now,
  })
  if (options.insecure)
    narration.warn('--insecure: certificates are not checked, anybody on the way can read and change everything')

  let via = isWebSocket(options) ? 'websocket' : options.via
  const dial = tailDial(via, (guessed) => {
    via = guessed
  })
  // On a WebSocket --data is a message, not a request that does something once.
  const repeatable = (input: TailInput): boolean => isWebSocket(options) || isRepeatable(input)
  const logic = connection<TailInput, unknown, unknown>(dial, { codec: values, repeatable })
  const actor = createActor(logic, { input: { ...inputOf(options, data), random: io.random } })
  let outcome: Outcome | undefined
  let received = 0
  let links = 0
  let stalls = 0

  /** Closing is always the chart's: its `closed` event is the one way out. */
  const end = (how: Outcome): void => {
    if (outcome !== undefined) return
    outcome = how
    actor.send({ type: 'close' })
  }
  const output = openOutput(io.stdout, {
    full() {
      actor.send({ type: 'pause' })
      if (stalls++ === 0) narration.paused()
    },
    drained: () => actor.send({ type: 'resume' }),
    ended: (how) =>
      end(how === 'closed' ? endedBy('stdout was closed') : { reason: 'stdout failed', code: exitCodes.outputFailed }),
  })
  const interrupt = (): void =>
    end({ reason: 'interrupted', code: received > 0 ? exitCodes.ended : exitCodes.interrupted })

  const show = (message: Message): void => {
    received += 1
    const how = { via, terminal: io.stdout.isTTY === true }
    output.write(options.json ? jsonLine(message, how, new Date(io.now())) : plainLine(message, how))
    if (received === options.count) end(endedBy('count reached'))
  }

  const closed = new Promise<ExitCode>((resolve) => {
    actor.on('message', ({ message }) => show(message))
    actor.on('connecting', () => narration.connecting(shownUrl(options.url)))
    actor.on('connected', ({ protocol }) => {
      links += 1
      narration.connected(protocol, links > 1, actor.getSnapshot().context.position)
      if (links === 1 && options.from !== undefined && !positioned.has(via)) {
        narration.warn('this kind of stream has no positions, so that --from was of no use')
      }
    })
    actor.on('reconnecting', ({ attempt, delay, error }) => narration.reconnecting(attempt, delay, error))
    actor.on('gap', ({ gap }) => narration.gap(gap))
    actor.on('done', () => {
      outcome ??= endedBy('ended by the server')
    })
    actor.on('error', ({ error }) => narration.failed(error))
    actor.on('closed', ({ position }) => {
      const { reason, code } = outcome ?? endedBy('ended by the server')
      // What is gone does not come back from the same place: the beginning of what is kept is the next best.
      const place = code === exitCodes.gap ? '-1' : position
      const command = place === null ? undefined : resumeCommand(options, place)
      narration.closed({ reason, received, reconnects: Math.max(0, links - 1), position, command })
      resolve(code)
    })
    actor.subscribe((snapshot) => {
      if (stateOf(snapshot) === 'error') end(failed(asTransportError(snapshot.context.failure), links > 0))
    })
  })

  io.signal.addEventListener('abort', interrupt)
  actor.start()
  actor.send({ type: 'connect' })
  if (io.signal.aborted) interrupt()
  try {
    return await closed
  } finally {
    io.signal.removeEventListener('abort', interrupt)
    await output.flush()
  }
}

function failed(failure: TransportError, established: boolean): Outcome {
  return { reason: 'failed', code: exitCodeOf(failure, established) }
}
