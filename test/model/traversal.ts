/**
 * The chart as a graph of states and edges, with one edge per class of failure.
 *
 * @module
 */
import type { ActorLogic } from 'xstate'
import { adjacencyMapToArray, getAdjacencyMap, getShortestPaths, type TraversalOptions } from 'xstate/graph'
import { type ConnectionSnapshot, connectionMachine } from '../../machines/connection.ts'
import type { ConnectionContext, ConnectionEvent } from '../../machines/connection-types.ts'
import type { ConnectionInput } from '../../src/connection/settings.ts'
import { TransportError } from '../../src/errors.ts'

/** One failure of each class, as the world will produce it too. */
export const failures = {
  retry: new TransportError('http_status', 'busy', { status: 503 }),
  'refresh-token': new TransportError('http_status', 'who are you', { status: 401 }),
  stop: new TransportError('http_status', 'no', { status: 403 }),
  done: new TransportError('http_status', 'over', { status: 204 }),
} as const

export type FailureClass = keyof typeof failures

/** An event of the model: its type, and what the world must do to bring it about. */
export type ModelEvent = {
  readonly type: string
  readonly failure?: FailureClass
  readonly silent?: boolean
  readonly error?: unknown
}

/** Who has paused does not listen, so nothing can be made of what he does not hear. */
function heardNothing(context: ConnectionContext, event: { readonly type: string }): boolean {
  return (event as ModelEvent).silent === true && context.flow === 'flowing'
}

/**
 * Whether the peer was silent is the world's choice, so in the model it comes with the event; running, the chart reads it
 * from its context. Everything else is the chart as it ships.
 */
const model = connectionMachine.provide({
  guards: {
    silent: ({ context, event }) => heardNothing(context, event),
    silenceRetryable: ({ context, event }) =>
      heardNothing(context, event) && context.attempt < context.settings.maxAttempts,
  },
})

function variants(type: string): ModelEvent[] {
  if (type === 'xstate.error.actor.link') return [{ type, error: failures.stop }]
  if (type === 'link.lost' || (type.startsWith('xstate.error.actor.') && !type.endsWith('authorize'))) {
    return Object.entries(failures).map(([failure, error]) => ({ type, failure: failure as FailureClass, error }))
  }
  if (type.startsWith('xstate.after.heartbeat')) return [true, false].map((silent) => ({ type, silent }))
  return [{ type }]
}

/** What distinguishes one state of the model from another; counters only as far as a guard looks at them. */
export function keyOf(snapshot: ConnectionSnapshot): string {
  const { attempt, credential, settings } = snapshot.context
  return JSON.stringify([snapshot.value, credential, Math.min(attempt, settings.maxAttempts + 1)])
}

export interface Step {
  readonly event: ModelEvent
  /** The state the model is in afterwards. */
  readonly state: ConnectionSnapshot
}

/** A walk through the chart whose last step is the edge it is for. */
export type Walk = readonly Step[]

/** Every edge that `drives` admits at the end of a shortest walk, without those that another walk passes on its way. */
export function edgeCover(input: ConnectionInput, drives: (event: ModelEvent) => boolean): Walk[] {
  const options: TraversalOptions<ConnectionSnapshot, ConnectionEvent, ConnectionInput> = {
    input,
    limit: 20_000,
    serializeState: keyOf,
    events: (snapshot) => modelEvents(snapshot).filter(drives) as ConnectionEvent[],
    filterEvents: (snapshot) => snapshot.status === 'active',
  }
  // `provide` answers with a type the graph tools take for another machine's; the chart is the same.
  const logic = model as unknown as ModelLogic
  const shortest = new Map(getShortestPaths(logic, options).map((path) => [keyOf(path.state), path]))
  const walks = adjacencyMapToArray(getAdjacencyMap(logic, options)).map(({ state, event, nextState }): Walk => {
    const way: Walk = shortest.get(keyOf(state))?.steps ?? []
    return [...way.filter((step) => step.event.type !== 'xstate.init'), { event, state: nextState }]
  })
  return withoutPrefixes(walks)
}

type ModelLogic = ActorLogic<ConnectionSnapshot, ConnectionEvent, ConnectionInput>

function modelEvents(snapshot: ConnectionSnapshot): ModelEvent[] {
  return snapshot._nodes.flatMap((node) => node.ownEvents).flatMap(variants)
}

function withoutPrefixes(walks: readonly Walk[]): Walk[] {
  const nameOf = (walk: Walk): string => walk.map(({ event }) => `${stepName(event)};`).join('')
  const names = new Set(walks.map(nameOf))
  const prefixes = new Set(
    walks.flatMap((walk) => walk.slice(0, -1).map((_, index) => nameOf(walk.slice(0, index + 1)))),
  )
  return walks.filter((walk) => !prefixes.has(nameOf(walk)) && names.delete(nameOf(walk)))
}

/** An edge in words, for the name of a test. */
export function stepName(event: ModelEvent): string {
  const detail = event.failure ?? (event.silent === undefined ? '' : event.silent ? 'silent' : 'heard')
  return `${event.type.replace(/^xstate\./, '').replace(/\.connection\..*/, '')}${detail === '' ? '' : ` (${detail})`}`
}
