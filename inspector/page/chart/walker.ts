/**
 * The keyboard on the chart. It stands on the items of the text twin, which a screen reader speaks; what is seen is the ring
 * around the state or the chip that the item stands for.
 *
 * @module
 */
import { spokenLabel } from '../../chart/labels.ts'
import { type Ground, type Spot, type Walk, type Way, walked, waysFrom } from '../../chart/walk.ts'
import type { Drawing } from './drawing.ts'
import type { Stops } from './stops.ts'

export interface Walker {
  /** The active states may have changed. */
  attend(): void
  /** Stands there, as a click does. */
  standOn(state: string): void
  remove(): void
}

export interface WalkerOptions {
  readonly drawing: Drawing
  readonly stops: Stops
  /** Somebody stands there now; `null`: not on the chart any more. @param way where they stand before one. */
  readonly onSpot: (spot: Spot | null, way: Way | undefined) => void
}

function wordsOf({ model }: Ground, { label, to }: Way): string {
  const target = model.nodes.get(to)?.key ?? to
  return label === null ? `into ${target}` : `${label.text}: to ${target}, ${spokenLabel(label)}`
}

/** What stands in the tree for the ways on from a state, while somebody chooses among them. */
function listOf(ground: Ground, ways: readonly Way[]): HTMLUListElement {
  const list = document.createElement('ul')
  list.setAttribute('role', 'group')
  const items = ways.map((way) => {
    const item = document.createElement('li')
    item.setAttribute('role', 'treeitem')
    item.tabIndex = -1
    item.textContent = wordsOf(ground, way)
    return item
  })
  list.append(...items)
  return list
}

export function walkerOn({ drawing, stops, onSpot }: WalkerOptions): Walker {
  const { model, painting, twin } = drawing
  const ground: Ground = { model, drawn: painting.nodes }
  const [tree] = twin.elements
  let walk: Walk | undefined
  let ways: { readonly of: string; readonly list: HTMLUListElement } | undefined
  const leaving = new AbortController()

  const closeWays = (): void => {
    ways?.list.remove()
    ways = undefined
  }
  const itemOf = ({ state, ...spot }: Spot): HTMLElement | undefined => {
    const place = twin.places.get(state)
    if (spot.kind === 'state') return place
    if (ways?.of !== state) {
      closeWays()
      ways = { of: state, list: listOf(ground, waysFrom(ground, state)) }
      place?.append(ways.list)
    }
    const item = ways.list.children[spot.index]
    return item instanceof HTMLElement ? item : undefined
  }
  const stand = (next: Walk): void => {
    walk = next
    const item = itemOf(next.spot)
    stops.stopAt(item)
    item?.focus({ preventScroll: true })
    if (next.spot.kind === 'state') closeWays()
    onSpot(next.spot, next.spot.kind === 'way' ? waysFrom(ground, next.spot.state)[next.spot.index] : undefined)
  }
  const stateOf = (target: EventTarget | null): string | undefined =>
    [...twin.places].find(([, item]) => item === target)?.[0]

  tree?.addEventListener(
    'keydown',
    (event) => {
      if (walk === undefined || event.altKey || event.ctrlKey || event.metaKey) return
      const next = walked(ground, walk, event.key)
      if (next === null) return
      event.preventDefault()
      stand(next)
    },
    { signal: leaving.signal },
  )
  tree?.addEventListener(
    'focusin',
    ({ target }) => {
      const state = stateOf(target)
      if (state === undefined || walk?.spot.state === state) return
      stand({ spot: { kind: 'state', state }, trail: [] })
    },
    { signal: leaving.signal },
  )
  tree?.addEventListener(
    'focusout',
    ({ relatedTarget }) => {
      if (relatedTarget instanceof Node && tree.contains(relatedTarget)) return
      stops.stopAt(twin.places.get(walk?.spot.state ?? ''))
      walk = undefined
      closeWays()
      onSpot(null, undefined)
    },
    { signal: leaving.signal },
  )
  return {
    attend: () => stops.attend(walk !== undefined),
    standOn: (state) => stand({ spot: { kind: 'state', state }, trail: walk?.trail ?? [] }),
    remove: () => leaving.abort(),
  }
}
