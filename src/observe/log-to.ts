/**
 * A connection's life as log lines. What is logged are facts of ours: codes, counts, times, state names. Never data, a header, a
 * query, a token, a close reason or somebody else's error.
 *
 * @module
 */
import type { AnyActorRef, InspectionEvent } from 'xstate'
import type { ConnectionSnapshot } from '../../machines/connection.ts'
import type { ConnectionEmitted } from '../../machines/connection-types.ts'
import { planeOf } from '../connection/planes.ts'
import type { TransportError } from '../errors.ts'
import type { Message } from '../link.ts'
import { clockOf } from './connection-clock.ts'
import { type Logger, type LogLevel, type LogWriter, logWriter } from './logger.ts'
import { placeOf } from './place.ts'
import { stateText } from './state-paths.ts'

export interface LogOptions {
  /** The lowest level to write. Default: what the logger wants by its own `isLevelEnabled`, else `info`. */
  readonly level?: LogLevel | undefined
  /** The field `connection` of every line. Default: the actor's session id. */
  readonly name?: string | undefined
  /** Adds origin and path of the URL as the field `url`; never the query. Default `false`, because paths hold secrets too. */
  readonly url?: boolean | undefined
}

type Emitted<Type extends ConnectionEmitted['type']> = Extract<ConnectionEmitted, { readonly type: Type }>

/** An event stream's name may be a megabyte long. */
const longestName = 80

/**
 * Logs a connection until it is closed or the returned function is called. Whether `debug` is wanted is asked once, now: only then
 * each message and each event of the actor's system cost anything.
 *
 * @throws TransportError `bad_option` when the actor is not a statewire connection
 * @example
 * const stop = logTo(chat, pino(), { name: 'chat' })
 */
export function logTo(connection: AnyActorRef, logger: Logger, options: LogOptions = {}): () => void {
  const plane = planeOf(connection)
  const log = logWriter(logger, options.level, {
    connection: options.name ?? connection.sessionId,
    ...(options.url === true && { url: placeOf(plane.input) }),
  })
  const undo = [...logLife(connection, log)]
  if (log.wants('debug')) {
    undo.push(logTransitions(connection, log))
    undo.push(plane.receive((message) => log.write('debug', 'message received', looksOf(message))))
  }
  const stop = (): void => {
    for (const leave of undo.splice(0)) leave()
  }
  // The last transition is inspected after its observers were told that it was the last.
  const ending = connection.subscribe({
    complete: () => queueMicrotask(stop),
    error() {
      // XState takes an error with a subscriber for a handled one: said here, it is not swallowed.
      log.write('error', 'gave up', { code: 'internal' })
      queueMicrotask(stop)
    },
  })
  undo.push(() => ending.unsubscribe())
  return stop
}

/** Everything above `debug`: a few lines for each connection. */
function logLife(connection: AnyActorRef, log: LogWriter): (() => void)[] {
  const now = clockOf(connection)
  let trouble: { readonly since: number; attempts: number } | null = null

  const on = <Type extends ConnectionEmitted['type']>(type: Type, hear: (event: Emitted<Type>) => void) => {
    const subscription = connection.on(type, hear)
    return () => subscription.unsubscribe()
  }
  return [
    on('connecting', ({ attempt }) => {
      trouble = null
      log.write('info', 'connecting', { attempt })
    }),
    on('connected', ({ protocol }) => {
      if (trouble === null) log.write('info', 'connected', { protocol })
      else log.write('warn', 'connected again', { protocol, ...recoveryOf(trouble, now()) })
      trouble = null
    }),
    on('reconnecting', ({ attempt, delay, error }) => {
      trouble ??= { since: now(), attempts: 0 }
      trouble.attempts += 1
      log.write('warn', 'reconnecting', { attempt, delayMs: Math.round(delay), ...factsOf(error) })
    }),
    on('gap', ({ gap: { reason, lost } }) => log.write('warn', 'history is gone', { reason, lost })),
    on('done', () => log.write('info', 'done', {})),
    on('error', ({ error }) => {
      const { context }: ConnectionSnapshot = connection.getSnapshot()
      log.write('error', context.failure === error ? 'gave up' : 'message refused', factsOf(error))
    }),
    on('closed', ({ reason, code, received, sent }) => log.write('info', 'closed', { reason, code, received, sent })),
  ]
}

function recoveryOf(trouble: { readonly since: number; readonly attempts: number }, now: number): object {
  return { attempts: trouble.attempts, afterMs: Math.round(now - trouble.since) }
}

/** A failure without its sentence: a dial that is not ours may write anything into it. */
function factsOf(error: TransportError | null): object {
  if (error === null) return {}
  const { code, status, closeCode, retryAfterMs } = error
  return { code, status, closeCode, retryAfterMs }
}

/**
 * By inspection, because a subscriber does not learn which event moved the chart. It sees the whole system of the actor, a few
 * events a second of each connection.
 */
function logTransitions(connection: AnyActorRef, log: LogWriter): () => void {
  let from = stateText(snapshotOf(connection).value)
  const subscription = connection.system.inspect((record: InspectionEvent) => {
    if (record.type !== '@xstate.snapshot' || record.actorRef !== connection) return
    const to = stateText(snapshotOf(connection).value)
    if (to === from) return
    log.write('debug', 'transition', { from, to, event: record.event.type })
    from = to
  })
  return () => subscription.unsubscribe()
}

function snapshotOf(connection: AnyActorRef): ConnectionSnapshot {
  return connection.getSnapshot()
}

/** What a message looks like from outside. A decoded value has no size any more, and writing it out again would cost its size. */
function looksOf({ data, event, position }: Message): object {
  const size = typeof data === 'string' ? data.length : data instanceof Uint8Array ? data.byteLength : undefined
  return { size, name: event === undefined ? undefined : printable(event), position: position !== undefined }
}

/** A remote name on a terminal: control characters could repaint it. */
function printable(name: string): string {
  return name.slice(0, longestName).replace(/\p{C}/gu, '\u{FFFD}')
}
