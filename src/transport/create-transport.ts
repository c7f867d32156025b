/**
 * The plain face: one object per connection, no machine to be seen. Underneath runs the same chart, loaded with the protocol
 * by the first `connect()` or `send()`.
 *
 * @module
 */
import type { ConnectionState } from '../../machines/connection.ts'
import type { ConnectionEvent, ConnectionOutput } from '../../machines/connection-types.ts'
import type { SendOptions } from '../connection/send-queue.ts'
import { TransportError, type TransportErrorCode } from '../errors.ts'
import type { Dial, Message } from '../link.ts'
import type { AutoInput } from './auto-input.ts'
import { checkConfig, type TransportConfig, type TransportType } from './config.ts'
import type { Life } from './life.ts'
import { iterationOf } from './life-messages.ts'
import { type Handler, Listeners } from './listeners.ts'
import { loaders } from './loaders.ts'
import type { Selection } from './selection.ts'

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

/** How to close: the code and reason for a WebSocket's close frame, and whether what waits is sent first. */
export type CloseOptions = Omit<Extract<ConnectionEvent, { type: 'close' }>, 'type'>

/**
 * Iterating over a transport is iterating over its messages from then on, at most 256 or 1 MiB ahead of the loop. It does not
 * connect; it ends when the connection is closed and throws when it comes to rest in `error`.
 */
export interface Transport<Received = unknown, Sent = unknown> extends AsyncIterable<Message<Received>> {
  /** Resolves when the connection is up, also after retries; rejects when it came to rest in `error` or was closed. */
  connect(): Promise<void>
  /**
   * Resolves when the transport took the data (or its server acknowledged it); rejects with a {@link TransportError}: with
   * `aborted` when the signal gave up what still waited.
   */
  send(data: Sent, options?: SendOptions): Promise<void>
  /** Closes for good, with `drain` after what waits was sent; a later `connect()` starts afresh. Idempotent. */
  close(options?: CloseOptions): void
  getState(): ConnectionState
  on<Type extends keyof TransportEvents>(type: Type, handler: Handler<TransportEvents<Received>[Type]>): void
  off<Type extends keyof TransportEvents>(type: Type, handler: Handler<TransportEvents<Received>[Type]>): void
  once<Type extends keyof TransportEvents>(type: Type, handler: Handler<TransportEvents<Received>[Type]>): void
  /** Tells the listeners of this object; nothing goes over the wire. */
  emit<Type extends keyof TransportEvents>(type: Type, payload: TransportEvents<Received>[Type]): void
}

/**
 * Creates a transport. The configuration is checked at once; code is loaded when it is first needed.
 *
 * @throws TransportError `bad_option` or `bad_url`
 * @example
 * const chat = createTransport('sse', { url: '/v1/stream/rooms/42' })
 * chat.on('error', (error) => report(error.code))
 * await chat.connect()
 * for await (const message of chat) render(message.data)
 */
export function createTransport<Type extends TransportType, Received = unknown, Sent = unknown>(
  type: Type,
  config: TransportConfig<Type, Received, Sent>,
): Transport<Received, Sent> {
  checkConfig(type, config)
  const listeners = new Listeners<TransportEvents>()
  return transportOver({
    listeners,
    position: config.position ?? null,
    life: null,
    /** The chart and the protocol, side by side: two files of a split bundle. */
    async load() {
      const [{ openLife, ownActors }, chosen] = await Promise.all([import('./life.ts'), chosenFor(type, config)])
      return () => openLife(listeners, ownActors(chosen))
    },
  })
}

/** `auto` is chosen when its code is there, everything else is what it is. */
async function chosenFor(type: TransportType, config: object): Promise<Selection> {
  if (type !== 'auto') return { type, dial: (await loaders[type]()) as Dial<object>, config }
  const { selectTransport } = await import('./selection.ts')
  return selectTransport(config as AutoInput)
}

/** What a plain transport stands on. */
export interface Footing {
  readonly listeners: Listeners<TransportEvents>
  /** Where it starts, as far as the configuration tells. */
  readonly position: string | null
  /** The life where its code is there already; else `null`. */
  readonly life: Life | null
  /** Loads the code; what it resolves to begins the life. */
  load(): Promise<() => Life>
}

/** The plain face itself, over a life that somebody else may have begun. */
export function transportOver<Received, Sent>(footing: Footing): Transport<Received, Sent> {
  const { listeners, load, position } = footing
  let loading: Promise<() => Life> | null = null
  let { life } = footing
  /** The state before there is a chart to ask. */
  let early: 'idle' | 'connecting' | 'closed' = 'idle'
  let closes = 0

  /** The living connection, unless it was closed while its code was on the way. */
  async function living(refusal: TransportErrorCode): Promise<Life> {
    const before = closes
    loading ??= load()
    const open = await loading.catch((cause: unknown) => {
      loading = null
      early = 'idle'
      throw new TransportError('network', 'The code of this transport could not be loaded.', { cause })
    })
    if (closes !== before) throw new TransportError(refusal, 'The connection was closed while it was loading.')
    life ??= open()
    return life
  }

  return {
    async connect() {
      early = 'connecting'
      const { connect } = life ?? (await living('aborted'))
      await connect()
    },
    async send(data, options) {
      if (life === null && early === 'closed') {
        throw new TransportError('send_refused', 'Nothing can be sent in state "closed"; connect first.')
      }
      const { send } = life ?? (await living('send_refused'))
      await send(data, options)
    },
    [Symbol.asyncIterator]() {
      const closed = life === null && early === 'closed'
      return iterationOf<Received>(closed ? null : (life ?? living('aborted')))
    },
    close(options) {
      closes += 1
      if (life !== null) return life.close(options)
      if (early === 'closed') return
      early = 'closed'
      listeners.emit('closed', { reason: 'closed', position, received: 0, sent: 0 })
    },
    getState: () => life?.state() ?? early,
    on: (event, handler) => listeners.add(event, handler as Handler<unknown>, false),
    once: (event, handler) => listeners.add(event, handler as Handler<unknown>, true),
    off: (event, handler) => listeners.remove(event, handler as Handler<unknown>),
    emit: (event, payload) => listeners.emit(event, payload),
  }
}
