/**
 * The plain face: one object per connection, no machine to be seen. Underneath runs the same chart.
 *
 * @module
 */
import { createActor, type SnapshotFrom } from 'xstate'
import { type ConnectionState, stateOf } from '../../machines/connection.ts'
import type { ConnectionEmitted, ConnectionOutput } from '../../machines/connection-types.ts'
import { type ConnectionActor, submit } from '../connection/logic.ts'
import { planeOf } from '../connection/planes.ts'
import { asTransportError, TransportError } from '../errors.ts'
import type { Gap, Message } from '../link.ts'
import { checkConfig, type TransportConfig, type TransportType } from './config.ts'
import { type Handler, Listeners } from './listeners.ts'
import { logicOf } from './logic-of.ts'

/** What a transport tells its listeners. */
export interface TransportEvents<Received = unknown> {
  connecting: { readonly attempt: number }
  connected: { readonly protocol: string }
  reconnecting: { readonly attempt: number; readonly delay: number; readonly error: TransportError | null }
  /** A message arrived. */
  event: Message<Received>
  /** The protocol came to its own end. */
  done: undefined
  /** The connection rests in `error`, a message was refused, or history is gone (`code: 'gap'`). */
  error: TransportError
  closed: ConnectionOutput
}

export interface Transport<Received = unknown, Sent = unknown> {
  /** Resolves when the connection is up, also after retries; rejects when it came to rest in `error` or was closed. */
  connect(): Promise<void>
  /** Resolves when the transport took the data (or its server acknowledged it); rejects with a {@link TransportError}. */
  send(data: Sent): Promise<void>
  /** Closes for good; a later `connect()` starts afresh. Idempotent. */
  close(): void
  getState(): ConnectionState
  on<Type extends keyof TransportEvents>(type: Type, handler: Handler<TransportEvents<Received>[Type]>): void
  off<Type extends keyof TransportEvents>(type: Type, handler: Handler<TransportEvents<Received>[Type]>): void
  once<Type extends keyof TransportEvents>(type: Type, handler: Handler<TransportEvents<Received>[Type]>): void
  /** Tells the listeners of this object; nothing goes over the wire. */
  emit<Type extends keyof TransportEvents>(type: Type, payload: TransportEvents<Received>[Type]): void
}

/**
 * Creates a transport. The configuration is checked at once; the protocol's code is loaded by the first attempt to connect.
 *
 * @throws TransportError `bad_option` or `bad_url`
 * @example
 * const chat = createTransport('sse', { url: '/v1/stream/rooms/42' })
 * chat.on('event', (message) => render(message.data))
 * await chat.connect()
 */
export function createTransport<Type extends TransportType, Received = unknown, Sent = unknown>(
  type: Type,
  config: TransportConfig<Type, Received, Sent>,
): Transport<Received, Sent> {
  checkConfig(type, config)
  const logic = logicOf(type, config)
  const listeners = new Listeners<TransportEvents>()
  let actor = open()

  function open(): ConnectionActor {
    const fresh = createActor(logic, { input: config })
    for (const type of said) fresh.on(type, (event) => tell(listeners, event))
    planeOf(fresh).receive((message) => listeners.emit('event', message))
    return fresh.start()
  }

  /** XState never reopens a final actor, so a new life is a new actor. */
  function living(): ConnectionActor {
    if (actor.getSnapshot().status !== 'active') actor = open()
    return actor
  }

  return {
    connect() {
      const connection = living()
      connection.send({ type: 'connect' })
      return connected(connection)
    },
    send: (data) => submit(planeOf(actor), actor.getSnapshot(), data),
    close() {
      // XState's development build warns of events to a stopped actor, and prints them.
      if (actor.getSnapshot().status === 'active') actor.send({ type: 'close' })
    },
    getState: () => stateOf(actor.getSnapshot()),
    on: (event, handler) => listeners.add(event, handler as Handler<unknown>, false),
    once: (event, handler) => listeners.add(event, handler as Handler<unknown>, true),
    off: (event, handler) => listeners.remove(event, handler as Handler<unknown>),
    emit: (event, payload) => listeners.emit(event, payload),
  }
}

/** Everything but messages: those come from the plane's own array, wrapped once and not twice. */
const said = ['connecting', 'connected', 'reconnecting', 'gap', 'done', 'error', 'closed'] as const

/** Settles with the first thing that is certain: up, resting in `error`, or closed. */
function connected(actor: ConnectionActor): Promise<void> {
  return new Promise((resolve, reject) => {
    const decide = (snapshot: SnapshotFrom<ConnectionActor>): void => {
      const state = stateOf(snapshot)
      if (state === 'connected') resolve()
      else if (state === 'error') reject(asTransportError(snapshot.context.failure))
      else if (state === 'closed') reject(new TransportError('aborted', 'The connection was closed before it was up.'))
      else return
      subscription.unsubscribe()
    }
    const subscription = actor.subscribe(decide)
    decide(actor.getSnapshot())
  })
}

function tell(listeners: Listeners<TransportEvents>, event: Exclude<ConnectionEmitted, { type: 'message' }>): void {
  switch (event.type) {
    case 'gap':
      listeners.emit('error', gapError(event.gap))
      break
    case 'error':
      listeners.emit('error', event.error)
      break
    case 'done':
      listeners.emit('done', undefined)
      break
    default: {
      const { type, ...payload } = event
      listeners.emit(type, payload as never)
    }
  }
}

function gapError({ lost }: Gap): TransportError {
  const count = lost === null ? 'An unknown number of messages' : `${lost} messages`
  return new TransportError('gap', `${count} before this point are gone from the server.`, { lost })
}
