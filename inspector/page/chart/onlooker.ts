/**
 * Somebody looks at a drawing, with the pointer or the keyboard: shows what is looked at, and says which transitions that are.
 *
 * @module
 */
import type { Signal } from '@preact/signals'
import { allParticulars, type Particulars } from '../../chart/particulars.ts'
import type { Spot, Way } from '../../chart/walk.ts'
import type { Drawing } from './drawing.ts'
import type { Lens } from './lens.ts'
import { lookOn } from './look.ts'
import type { Stops } from './stops.ts'
import { walkerOn } from './walker.ts'

export interface Onlooker {
  /** The active states may have changed. */
  attend(): void
  remove(): void
}

/** Which transitions an element stands for: chips, rows and lines. */
function keysByElement({ painting, model }: Drawing): ReadonlyMap<Element, readonly string[]> {
  const rows = [...painting.nodes.values()].flatMap(({ group, placed }) => {
    const texts = group.querySelectorAll('text[data-transitions]')
    const spoken = placed.rows.filter(({ keys }) => keys.length > 0)
    return spoken.flatMap(({ keys }, index) => [...[texts[index] ?? []].flat()].map((text) => [text, keys] as const))
  })
  const edges = model.edges.flatMap(({ id, labels }) => {
    const group = painting.edges.get(id)?.group
    return group === undefined ? [] : [[group, labels.flatMap(({ keys }) => keys)] as const]
  })
  return new Map<Element, readonly string[]>([
    ...rows,
    ...edges,
    ...painting.labels.map(({ group, keys }) => [group, keys] as const),
  ])
}

export interface OnlookerOptions {
  readonly drawing: Drawing
  readonly lens: Lens
  /** Where to say what is looked at. */
  readonly looked: Signal<readonly Particulars[]>
  readonly stops: Stops
}

export function onlooker({ drawing, lens, looked, stops }: OnlookerOptions): Onlooker {
  const { root, machine, painting } = drawing
  const look = lookOn(drawing)
  const keys = keysByElement(drawing)
  let all: ReadonlyMap<string, Particulars> | undefined
  let stood: { readonly spot: Spot | null; readonly way: Way | undefined } = { spot: null, way: undefined }
  let pointed: readonly string[] = []
  const leaving = new AbortController()
  const { signal } = leaving

  const show = (): void => {
    const { spot, way } = stood
    const before = way?.label?.keys ?? []
    const state = spot === null ? undefined : painting.nodes.get(spot.state)?.placed
    const ring = spot === null ? undefined : (look.boxOf(before) ?? state)
    const shown = pointed.length > 0 ? pointed : before
    look.show(shown, ring)
    all ??= shown.length === 0 ? undefined : allParticulars(machine)
    looked.value = shown.flatMap((key) => all?.get(key) ?? [])
  }
  const walker = walkerOn({
    drawing,
    stops,
    onSpot(spot, way) {
      stood = { spot, way }
      show()
      const at =
        spot === null ? undefined : (look.boxOf(way?.label?.keys ?? []) ?? painting.nodes.get(spot.state)?.placed)
      if (at !== undefined) lens.look(at)
    },
  })
  const point = (next: readonly string[]): void => {
    if (pointed === next) return
    pointed = next
    show()
  }
  const nothing: readonly string[] = []
  root.addEventListener(
    'pointerover',
    ({ target }) => {
      let element = target instanceof Element ? target : null
      while (element !== null && element !== root && !keys.has(element)) element = element.parentElement
      point((element === null ? undefined : keys.get(element)) ?? nothing)
    },
    { signal },
  )
  root.addEventListener('pointerleave', () => point(nothing), { signal })
  root.addEventListener(
    'click',
    ({ target }) => {
      const state = target instanceof Element ? target.closest('.state')?.getAttribute('data-state') : null
      if (state != null && drawing.twin.places.has(state)) walker.standOn(state)
    },
    { signal },
  )
  return {
    attend: walker.attend,
    remove() {
      leaving.abort()
      walker.remove()
      looked.value = []
    },
  }
}
