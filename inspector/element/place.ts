/**
 * Where the panel stands and how large it is, remembered where the browser lets us.
 *
 * @module
 */

/** `window` lasts as long as that window: no page may open one by itself. */
export type Place = 'bottom' | 'right' | 'window'

export type DockedPlace = Exclude<Place, 'window'>

/** Said here again: types of the page need packages that a user does not have. */
export type Theme = 'system' | 'dark' | 'light'

/** How the panel was left. */
export interface Standing {
  readonly place: DockedPlace
  readonly state: 'open' | 'collapsed'
  /** Height at the bottom, in pixels. */
  readonly bottom: number
  /** Width at the right, in pixels. */
  readonly right: number
}

export const sizes = {
  bottom: { least: 220, most: 1400 },
  right: { least: 320, most: 2000 },
} as const

const key = 'statewire-inspector-panel'
const first: Standing = { place: 'bottom', state: 'collapsed', bottom: 440, right: 560 }

function sized(value: unknown, side: DockedPlace): number {
  const { least, most } = sizes[side]
  return typeof value === 'number' && value >= least && value <= most ? value : first[side]
}

/** As it was left; whatever else stands there under our name counts for nothing. */
function remembered(): Standing | null {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? '')
    if (typeof kept !== 'object' || kept === null) return null
    const of = (name: keyof Standing): unknown => Reflect.get(kept, name)
    return {
      place: of('place') === 'right' ? 'right' : 'bottom',
      state: of('state') === 'open' ? 'open' : 'collapsed',
      bottom: sized(of('bottom'), 'bottom'),
      right: sized(of('right'), 'right'),
    }
  } catch {
    return null
  }
}

/** What is remembered of the panel of this origin. */
export class Memory {
  #standing: Standing

  /** @param place where it stands the first time. */
  constructor(place: DockedPlace = first.place) {
    this.#standing = remembered() ?? { ...first, place }
  }

  get standing(): Standing {
    return this.#standing
  }

  keep(changed: Partial<Standing>): void {
    this.#standing = { ...this.#standing, ...changed }
    try {
      localStorage.setItem(key, JSON.stringify(this.#standing))
    } catch {
      // Storage is closed to us: it lasts as long as the page.
    }
  }
}
