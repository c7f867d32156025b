/**
 * The edge cover of a set-up in few walks: a walk that has taken its edge goes on along edges that nobody has taken yet.
 *
 * @module
 */
import { getInitialSnapshot, getNextSnapshot } from 'xstate'
import { type ConnectionSnapshot, stateOf } from '../../machines/connection.ts'
import type { ConnectionEvent } from '../../machines/connection-types.ts'
import { aroundOf, connectionModel, keyOf, possibleEvents } from '../../src/testing/connection-model.ts'
import { type ConnectionPath, connectionPaths, type ProtocolTraits, type Step } from '../../src/testing/index.ts'
import { type ModelEvent, nameOf } from '../../src/testing/model-events.ts'
import type { Setup } from './setups.ts'

/** Longer ones would come near the retry budget of 30 requests in a minute, and near timers that no walk waits for. */
const mostSteps = 16

/** All walks of a set-up for a protocol. */
export function walksOf(
  { drives = () => true, events = () => [], input }: Setup,
  protocol: ProtocolTraits,
): ConnectionPath[] {
  const around = aroundOf(input)
  const model = connectionModel(around)
  const start = getInitialSnapshot(model, input)
  const paths = connectionPaths({ input, protocol, drives, events })
  const open = new Set(paths.flatMap(({ steps }) => edgesOf(start, steps)))

  const take = (snapshot: ConnectionSnapshot, event: ModelEvent): Step => {
    const next = getNextSnapshot(model, snapshot, event as ConnectionEvent)
    open.delete(edgeOf(snapshot, nameOf(event)))
    return { name: nameOf(event), event, snapshot: next, state: stateOf(next) }
  }
  /** An edge that is open; those that end the walk come last. */
  const nextFrom = (snapshot: ConnectionSnapshot): ModelEvent | undefined => {
    const possible = [...possibleEvents(snapshot, protocol, around), ...events(snapshot)].filter(
      (event) => drives(event, snapshot) && open.has(edgeOf(snapshot, nameOf(event))),
    )
    const goesOn = (event: ModelEvent): boolean =>
      getNextSnapshot(model, snapshot, event as ConnectionEvent).status === 'active'
    return possible.find(goesOn) ?? possible[0]
  }

  return paths.flatMap(({ steps }) => {
    if (!edgesOf(start, steps).some((edge) => open.has(edge))) return []
    const walk: Step[] = []
    let snapshot = start
    const go = (event: ModelEvent): void => {
      const step = take(snapshot, event)
      walk.push(step)
      snapshot = step.snapshot
    }
    for (const { event } of steps) go(event)
    while (snapshot.status === 'active' && walk.length < mostSteps) {
      const event = nextFrom(snapshot)
      if (event === undefined) break
      go(event)
    }
    return [{ name: walk.map(({ name }) => name).join(' → '), steps: walk, input }]
  })
}

function edgeOf(snapshot: ConnectionSnapshot, name: string): string {
  return `${keyOf(snapshot)} ${name}`
}

function edgesOf(start: ConnectionSnapshot, steps: readonly Step[]): string[] {
  return steps.map(({ name }, index) => edgeOf(steps[index - 1]?.snapshot ?? start, name))
}
