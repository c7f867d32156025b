/**
 * Walking a chart with the arrow keys, along its transitions. Pure: where one stands and a key in, where one stands then out.
 *
 * @module
 */
import type { ChartLabel, ChartModel, ChartNode } from './model.ts'

/** One way on from a state. */
export interface Way {
  /** `null`: not a transition, but into what a container begins with. */
  readonly label: ChartLabel | null
  /** Id of the state one arrives at. */
  readonly to: string
}

/** Where one stands: on a state, or before one of the ways on from it. */
export type Spot =
  | { readonly kind: 'state'; readonly state: string }
  | { readonly kind: 'way'; readonly state: string; readonly index: number }

export interface Walk {
  readonly spot: Spot
  /** The states one has come by, oldest first. */
  readonly trail: readonly string[]
}

/** A chart as far as it is drawn. */
export interface Ground {
  readonly model: ChartModel
  /** Ids of the drawn states. */
  readonly drawn: { has(id: string): boolean }
}

/** Nobody goes back further than this. */
const longestTrail = 100

/** The states one can stand on, in the order of the source. */
export function placesOf({ model, drawn }: Ground): ChartNode[] {
  return [...model.nodes.values()].filter(({ id }) => id !== model.root.id && drawn.has(id))
}

function ancestorOrSelf({ model, drawn }: Ground, id: string): string | undefined {
  for (let node = model.nodes.get(id); node !== undefined; node = model.nodes.get(node.parent ?? '')) {
    if (node.id !== model.root.id && drawn.has(node.id)) return node.id
  }
  return undefined
}

/** Its own ways and those that the picture lets begin at its rim; at last, into it. */
export function waysFrom(ground: Ground, state: string): Way[] {
  const { model } = ground
  const node = model.nodes.get(state)
  const inside = node?.kind === 'parallel' ? node.children.map(({ id }) => id) : [node?.initial ?? []].flat()
  const ways = model.edges.flatMap((edge) =>
    edge.labels
      .filter((label) => edge.from === state || label.sources.includes(state))
      .flatMap((label): Way[] => {
        const to = ancestorOrSelf(ground, label.target ?? '')
        return to === undefined ? [] : [{ label, to }]
      }),
  )
  return [...ways, ...inside.filter((id) => ground.drawn.has(id)).map((to): Way => ({ label: null, to }))]
}

function onState(state: string, trail: readonly string[] = []): Walk {
  return { spot: { kind: 'state', state }, trail: trail.slice(-longestTrail) }
}

/** Where one has come from, else where one could have. */
function back(ground: Ground, { spot, trail }: Walk): Walk {
  const last = trail.at(-1)
  if (last !== undefined) return onState(last, trail.slice(0, -1))
  const { model } = ground
  const source = model.edges
    .flatMap(({ labels }) => labels)
    .filter(({ target }) => target === spot.state)
    .flatMap(({ sources }) => sources)
    .map((id) => ancestorOrSelf(ground, id))
    .find((id) => id !== undefined && id !== spot.state)
  const parent = ancestorOrSelf(ground, model.nodes.get(spot.state)?.parent ?? '')
  return onState(source ?? parent ?? spot.state)
}

function fromState(ground: Ground, walk: Walk, key: string): Walk | null {
  const { spot, trail } = walk
  const places = placesOf(ground)
  switch (key) {
    case 'ArrowRight':
    case 'ArrowDown': {
      const [only, ...others] = waysFrom(ground, spot.state)
      if (only === undefined) return walk
      if (others.length > 0) return { spot: { kind: 'way', state: spot.state, index: 0 }, trail }
      return onState(only.to, [...trail, spot.state])
    }
    case 'ArrowLeft':
    case 'ArrowUp':
      return back(ground, walk)
    case 'Home':
      return onState(places[0]?.id ?? spot.state)
    case 'End':
      return onState(places.at(-1)?.id ?? spot.state)
    case 'Escape': {
      const parent = ancestorOrSelf(ground, ground.model.nodes.get(spot.state)?.parent ?? '')
      return parent === undefined ? null : onState(parent, trail)
    }
    default:
      return null
  }
}

function fromWay(ground: Ground, { spot, trail }: Walk, index: number, key: string): Walk | null {
  const ways = waysFrom(ground, spot.state)
  const turnTo = (next: number): Walk => ({
    spot: { kind: 'way', state: spot.state, index: (next + ways.length) % ways.length },
    trail,
  })
  switch (key) {
    case 'ArrowDown':
      return turnTo(index + 1)
    case 'ArrowUp':
      return turnTo(index - 1)
    case 'Home':
      return turnTo(0)
    case 'End':
      return turnTo(ways.length - 1)
    case 'ArrowRight':
    case 'Enter': {
      const way = ways[index]
      return onState(way?.to ?? spot.state, [...trail, spot.state])
    }
    case 'ArrowLeft':
    case 'Escape':
      return onState(spot.state, trail)
    default:
      return null
  }
}

/**
 * Right or down goes on: over the only way, or first to the several there are, among which up and down choose and right or
 * Enter goes. Left or up goes back, Home and End to the first and the last state, Escape to what is around.
 *
 * @param key as `KeyboardEvent.key` gives it.
 * @returns `null` for a key that means nothing here.
 *
 * @example
 * walked(ground, { spot: { kind: 'state', state: 'lamp.off' }, trail: [] }, 'ArrowRight')
 */
export function walked(ground: Ground, walk: Walk, key: string): Walk | null {
  return walk.spot.kind === 'state' ? fromState(ground, walk, key) : fromWay(ground, walk, walk.spot.index, key)
}
