/**
 * The chart as walks that a test can take: through every edge, into every state, or along every way there is.
 *
 * @module
 */
import {
  adjacencyMapToArray,
  getAdjacencyMap,
  getShortestPaths,
  getSimplePaths,
  type TraversalOptions,
} from 'xstate/graph'
import { type ConnectionSnapshot, type ConnectionState, stateOf } from '../../machines/connection.ts'
import type { ConnectionEvent } from '../../machines/connection-types.ts'
import type { ConnectionInput } from '../connection/settings.ts'
import { aroundOf, connectionModel, keyOf, type ModelLogic, possibleEvents } from './connection-model.ts'
import { type ModelEvent, nameOf, type ProtocolTraits, protocols } from './model-events.ts'

/** One step of a walk: an event, and where the connection is afterwards. */
export interface Step {
  /** The event in words. */
  readonly name: string
  readonly event: ModelEvent
  /** The expected top-level state. */
  readonly state: ConnectionState
  /** The expected snapshot of the model: value, tags, context. */
  readonly snapshot: ConnectionSnapshot
}

/** A walk from `idle`. */
export interface ConnectionPath {
  readonly name: string
  readonly steps: readonly Step[]
  /**
   * The input it holds for; the connection under test must be given the same. Where yours has no `random`, this one draws 0.5:
   * a backoff that rounds to 0 ms, one in a thousand, would fall due with the timer before it.
   */
  readonly input: ConnectionInput
}

export interface PathOptions {
  /** How the connection is set up: guards look at its settings. Default: one retry, and nothing watched. */
  readonly input?: ConnectionInput | undefined
  /** `edges` (default): every edge, in as few walks as its shortest ways allow. `states`: a shortest walk to each state. `simple`: every walk without a loop; they are many. */
  readonly cover?: 'edges' | 'states' | 'simple' | undefined
  /** What the protocol can do. Default `websocket`. */
  readonly protocol?: keyof typeof protocols | ProtocolTraits | undefined
  /** Leaves out events that your test cannot bring about, or does not care for. Default: none. */
  readonly drives?: ((event: ModelEvent, snapshot: ConnectionSnapshot) => boolean) | undefined
  /** More events of your own in a state: a `close` with a code, a `send` that matters. */
  readonly events?: ((snapshot: ConnectionSnapshot) => readonly ModelEvent[]) | undefined
  /** The most edges looked at; beyond it the traversal throws. Default 20,000. */
  readonly limit?: number | undefined
}

const ordinary: ConnectionInput = { maxAttempts: 1 }

/**
 * Turns the chart into walks.
 *
 * @throws Error when the traversal exceeds `limit`.
 * @example
 * for (const path of connectionPaths()) test(path.name, () => walk(path, { drive, check }))
 */
export function connectionPaths(options: PathOptions = {}): ConnectionPath[] {
  const { cover = 'edges', input = ordinary } = options
  const traversal = traversalOf(options, input)
  const model = connectionModel(aroundOf(input))
  const walks =
    cover === 'edges'
      ? edgeCover(model, traversal)
      : (cover === 'states' ? getShortestPaths : getSimplePaths)(model, traversal).map(({ steps }) => stepsOf(steps))
  return withoutPrefixes(walks.filter((steps) => steps.length > 0)).map((steps) => ({
    name: steps.map(({ name }) => name).join(' → '),
    steps,
    input: { random: () => 0.5, ...input },
  }))
}

type Traversal = TraversalOptions<ConnectionSnapshot, ConnectionEvent, ConnectionInput>

function traversalOf(
  { drives = () => true, events = () => [], limit = 20_000, protocol = 'websocket' }: PathOptions,
  input: ConnectionInput,
): Traversal {
  const traits = typeof protocol === 'string' ? protocols[protocol] : protocol
  const around = aroundOf(input)
  return {
    input,
    limit,
    serializeState: keyOf,
    events: (snapshot) =>
      [...possibleEvents(snapshot, traits, around), ...events(snapshot)].filter((event) =>
        drives(event, snapshot),
      ) as ConnectionEvent[],
    // A final state still has the events of its ancestors.
    filterEvents: (snapshot) => snapshot.status === 'active',
  }
}

/** Every edge at the end of a shortest walk. */
function edgeCover(logic: ModelLogic, traversal: Traversal): Step[][] {
  const shortest = new Map(getShortestPaths(logic, traversal).map((path) => [keyOf(path.state), stepsOf(path.steps)]))
  return adjacencyMapToArray(getAdjacencyMap(logic, traversal)).map(({ event, nextState, state }) => [
    ...(shortest.get(keyOf(state)) ?? []),
    stepOf(event, nextState),
  ])
}

function stepsOf(steps: readonly { readonly event: ConnectionEvent; readonly state: ConnectionSnapshot }[]): Step[] {
  return steps.flatMap(({ event, state }) => (String(event.type) === 'xstate.init' ? [] : [stepOf(event, state)]))
}

function stepOf(event: ModelEvent, snapshot: ConnectionSnapshot): Step {
  return { name: nameOf(event), event, snapshot, state: stateOf(snapshot) }
}

/** What another walk passes on its way need not be walked for itself. */
function withoutPrefixes(walks: readonly (readonly Step[])[]): (readonly Step[])[] {
  const wordsOf = (steps: readonly Step[]): string => steps.map(({ name }) => `${name};`).join('')
  const passed = new Set(
    walks.flatMap((steps) => steps.slice(0, -1).map((_, index) => wordsOf(steps.slice(0, index + 1)))),
  )
  const unique = new Map(walks.map((steps) => [wordsOf(steps), steps]))
  return [...unique].flatMap(([words, steps]) => (passed.has(words) ? [] : [steps]))
}

export interface Walking {
  /** Brings a step's event about and waits until it has had its effect; {@link driveConnection} makes one. */
  readonly drive: (step: Step) => void | Promise<void>
  /** What must be true of your screen after the step. */
  readonly check?: ((step: Step) => void | Promise<void>) | undefined
}

/**
 * Takes a walk.
 *
 * @throws Error that names the step, with the original one as its cause.
 */
export async function walk(path: ConnectionPath, { check, drive }: Walking): Promise<void> {
  for (const [index, step] of path.steps.entries()) {
    try {
      await drive(step)
      await check?.(step)
    } catch (cause) {
      const way = path.steps.slice(0, index + 1).map(({ name }) => name)
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new Error(`After ${way.join(' → ')}, in ${step.state}: ${reason}`, { cause })
    }
  }
}
