/**
 * The alphabet of the chart: the events that may happen in a state, with one variant for each thing the world can choose.
 *
 * @module
 */
import { getNextTransitions, getStateNodes } from 'xstate'
import type { ConnectionSnapshot } from '../../machines/connection.ts'
import { TransportError } from '../errors.ts'

/** One failure of each class that the chart tells apart. */
export type FailureClass = 'retry' | 'refresh-token' | 'stop' | 'done'

/** An event of the model: its type, and what the world must do to bring it about. */
export interface ModelEvent {
  readonly type: string
  /** Which failure ends the attempt or the link. */
  readonly failure?: FailureClass | undefined
  /** For a timer: whether the peer keeps silent until it fires. Only where the chart looks at it. */
  readonly silent?: boolean | undefined
  /** Whether the pool lets another request go. Only with a pool, and only where the chart asks. */
  readonly admitted?: boolean | undefined
  /** For `close`: send what waits first, which is so many messages. */
  readonly drain?: boolean | undefined
  readonly queued?: number | undefined
  readonly error?: unknown
  readonly output?: unknown
}

/** A failure of each class, as a server's refusal brings it about. */
export const failures: Readonly<Record<FailureClass, TransportError>> = {
  retry: new TransportError('http_status', 'The server is busy.', { status: 500 }),
  'refresh-token': new TransportError('http_status', 'The server wants a new credential.', { status: 401 }),
  stop: new TransportError('http_status', 'The server refuses.', { status: 403 }),
  done: new TransportError('http_status', 'The server has no more.', { status: 204 }),
}

const allFailures = Object.keys(failures) as FailureClass[]

/** What the protocol can do, as far as the chart notices. */
export interface ProtocolTraits {
  /** Classes of failure that can end an open link. */
  readonly losses: readonly FailureClass[]
  /** Classes of failure that an answer to a dial can have. Default: all. */
  readonly refusals?: readonly FailureClass[] | undefined
  /** Whether the client can ask its peer for a sign of life. */
  readonly pings: boolean
}

export const protocols = {
  /** WebSocket in Node. A close code says what failed; 1000 is the end and no loss. */
  websocket: { losses: ['retry', 'refresh-token', 'stop'], pings: true },
  /** WebSocket in a browser: the same without pings. */
  'browser-websocket': { losses: ['retry', 'refresh-token', 'stop'], pings: false },
  /** One HTTP answer that goes on: a cut is all that can happen to it. */
  http: { losses: ['retry'], pings: false },
  /** Each poll of a link can be refused; 204 is an empty page and no end. */
  'long-poll': {
    losses: ['retry', 'refresh-token', 'stop'],
    refusals: ['retry', 'refresh-token', 'stop'],
    pings: false,
  },
} as const satisfies Record<string, ProtocolTraits>

/** The invoked actors of the active states, by their id. */
export function invokedIn(snapshot: ConnectionSnapshot): ReadonlyMap<string, string> {
  const nodes = getStateNodes(snapshot.machine.root, snapshot.value)
  return new Map(nodes.flatMap((node) => node.invoke.map(({ id, src }) => [id, String(src)] as const)))
}

/** Everything that a transition of the active states waits for. */
export function eventsIn(snapshot: ConnectionSnapshot, traits: ProtocolTraits): ModelEvent[] {
  const invoked = invokedIn(snapshot)
  const types = new Set(getNextTransitions(snapshot).map(({ eventType }) => eventType))
  return [...types].filter((type) => type !== '').flatMap((type) => variantsOf(type, invoked, traits))
}

function variantsOf(type: string, invoked: ReadonlyMap<string, string>, traits: ProtocolTraits): ModelEvent[] {
  if (type === 'link.lost') return traits.losses.map((failure) => ({ type, failure, error: failures[failure] }))
  const [, outcome, id = ''] = /^xstate\.(done|error)\.actor\.(.+)$/.exec(type) ?? []
  const source = invoked.get(id)
  // A link that throws while it starts is a broken transport: no server brings that about.
  if (source === 'link') return []
  if (source === 'dial' && outcome === 'done') return [{ type, output: traits.pings ? { ping: true } : {} }]
  if (source === 'dial') {
    const { refusals = allFailures } = traits
    return refusals.map((failure) => ({ type, failure, error: failures[failure] }))
  }
  return [{ type }]
}

/** An event in words, for the name of a test. */
export function nameOf({ admitted, drain, failure, silent, type }: ModelEvent): string {
  const heard = silent === undefined ? undefined : silent ? 'silent' : 'heard'
  const admission = admitted === undefined ? undefined : admitted ? 'admitted' : 'held back'
  const detail = failure ?? heard ?? admission ?? (drain === true ? 'drain' : '')
  const short = type.replace(/^xstate\./, '').replace(/\.connection\..*|\.actor/, '')
  return detail === '' ? short : `${short} (${detail})`
}
