/**
 * Type `auto`: which transport a connection uses, by its URL, by what the runtime has, by what the origin has allowed before and by
 * what the caller prefers.
 *
 * @module
 */
import { json, raw, text } from '../codecs/codec.ts'
import { addressOf } from '../connection/address.ts'
import type { ConnectionInput } from '../connection/settings.ts'
import type { Dial } from '../link.ts'
import { loaded } from '../transports/durable-parts.ts'
import { isRepeatable } from '../transports/repeatable.ts'
import { STREAM_MOUNT } from '../wire/names.ts'
import { type AutoInput, type Candidate, candidates, checkAuto } from './auto-input.ts'
import type { ProtocolName, TransportType } from './config.ts'
import { lazyDials } from './loaders.ts'
import type { SelectionMemory } from './selection-memory.ts'

/** What can be opened in a runtime. */
export interface Runtime {
  readonly webSocket: boolean
  /** An HTTP answer can be read while it comes. React Native's `fetch` gives it only when it is whole. */
  readonly streams: boolean
}

/** What `logicOf(type, dial, config)` is to be given instead of `auto`. */
export interface Selection {
  readonly type: ProtocolName
  readonly dial: Dial<object>
  readonly config: object
}

/** A constant, as logic is made once for each dial; its code comes with the first attempt. */
const lazyAuto: Dial<object> = async (input, request) => {
  const { autoDial } = await loaded(import('./auto.ts'))
  return autoDial(input as AutoInput, request)
}

/**
 * Chooses by the URL: `ws:` and `wss:` are a WebSocket, a path below `/v1/stream/` is a durable stream over the best carrier that
 * works, and anything else is found out by the dial. Nothing is opened, and nothing of the runtime is touched.
 *
 * @throws TransportError `bad_option` for `prefer`, `polling` or `memory` that cannot work
 * @example
 * const { type, dial, config } = selectTransport({ url: 'https://example.com/events', prefer: ['sse', 'long-poll'] })
 */
export function selectTransport(config: AutoInput & ConnectionInput): Selection {
  checkAuto(config)
  const { protocol = '', pathname = '' } = addressOf(config.url) ?? {}
  if (protocol === 'ws:' || protocol === 'wss:') return { type: 'websocket', dial: lazyDials.websocket, config }
  if (isRead(config) && pathname.includes(STREAM_MOUNT)) {
    return { type: 'durable', dial: lazyDials.durable, config: { ...config, via: carriersOf(config.prefer) } }
  }
  return { type: 'sse', dial: lazyAuto, config: { codec: codecOf(config), ...config } }
}

/**
 * Whatever was asked for, as `logicOf` and `createActor` are to be given it: `auto` is chosen, everything else is what it is.
 *
 * @throws TransportError as {@link selectTransport}
 */
export function transportOf(type: TransportType, config: object): Selection {
  return type === 'auto' ? selectTransport(config as AutoInput) : { type, dial: lazyDials[type], config }
}

/**
 * What the dial tries, in this order. The caller's order holds, and without one what the origin allowed comes first; what it refused
 * within the hour comes last, because it may have changed its mind.
 */
export function candidatesOf(
  { prefer, method, body, idempotencyKey }: Pick<AutoInput, 'prefer' | 'method' | 'body' | 'idempotencyKey'>,
  { webSocket, streams }: Runtime,
  known: ReturnType<SelectionMemory['recall']>,
): readonly Candidate[] {
  const here: Readonly<Record<Candidate, boolean>> = {
    websocket: webSocket,
    sse: streams,
    'http-stream': streams,
    'long-poll': true,
  }
  const wanted = prefer ?? candidates.filter((candidate) => candidate !== 'websocket')
  const rank = (candidate: Candidate): number =>
    known[candidate] === 'refused' ? 2 : prefer === undefined && known[candidate] === 'allowed' ? 0 : 1
  const order = wanted.filter((candidate) => here[candidate]).sort((one, other) => rank(one) - rank(other))
  // What may have been acted on is not asked for a second time in another way, and a poll is asked for again and again.
  return isRepeatable({ method, body, idempotencyKey }) && isRead({ method, body })
    ? order
    : order.filter((candidate) => candidate === 'sse' || candidate === 'http-stream').slice(0, 1)
}

/** What this runtime has. A constructor or a `fetch` of the caller's own counts. */
export function runtimeOf({ WebSocket, fetch, runtime }: Pick<AutoInput, 'WebSocket' | 'fetch' | 'runtime'>): Runtime {
  // Node brings sockets and streams of its own, whatever its globals are.
  const node = typeof process === 'object' && typeof process.versions?.node === 'string'
  return {
    webSocket: runtime?.webSocket ?? (node || (WebSocket ?? globalThis.WebSocket) !== undefined),
    streams: runtime?.streams ?? (node || fetch !== undefined || 'body' in (globalThis.Response?.prototype ?? {})),
  }
}

function isRead({ method, body }: Pick<AutoInput, 'method' | 'body'>): boolean {
  return method === undefined ? body === undefined : String(method).toUpperCase() === 'GET'
}

/** The carriers of a durable stream in the caller's order. The others follow: all of them speak of the same positions. */
function carriersOf(prefer: AutoInput['prefer']): 'auto' | readonly string[] {
  if (prefer === undefined) return 'auto'
  const named = [...prefer, ...candidates.filter((candidate) => !prefer.includes(candidate))]
  return [...new Set(named)].map((candidate) => (candidate === 'http-stream' ? 'ndjson' : candidate))
}

/** The same messages whatever carries them: text, unless bytes were asked for or a socket may bring them. */
function codecOf({ format, prefer }: AutoInput): unknown {
  if (format === 'ndjson') return json
  return format === 'bytes' || prefer?.includes('websocket') === true ? raw : text
}
