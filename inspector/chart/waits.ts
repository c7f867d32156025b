/**
 * The waits of a chart that are running: each fills the chip of its transition, or the state that waits.
 *
 * @module
 */
import type { Box } from './geometry.ts'
import { delayText } from './labels.ts'
import type { ChartModel } from './model.ts'
import { fillOver, wantsStillness } from './motion.ts'
import type { Painting } from './paint.ts'

/** A delayed transition that was scheduled. */
export interface Wait {
  /** XState's name of the delayed event, `xstate.after.…`. */
  readonly eventType: string
  /** The resolved delay in milliseconds, jitter included. */
  readonly delay: number
  /** How much of it is over already. Default 0. */
  readonly elapsed?: number | undefined
}

interface Running {
  readonly source: string
  readonly delay: number
  readonly fill: SVGElement | undefined
}

interface Place {
  readonly group: SVGGElement
  readonly room: Box & { readonly radius: number }
}

/** A bar of more than a day would not be seen to move: that is how a chart writes "never". */
const longest = 86_400_000

export class Waits {
  readonly #painting: Painting
  /** Longest first: a state's id may end in that of another machine's state. */
  readonly #ids: readonly string[]
  readonly #running = new Map<string, Running>()

  constructor(painting: Painting, model: ChartModel) {
    this.#painting = painting
    this.#ids = [...model.nodes.keys()].sort((a, b) => b.length - a.length)
  }

  #placeOf(source: string, eventType: string): Place | undefined {
    const isMine = (key: string): boolean => key.startsWith(`${source} ${eventType} `)
    const chip = this.#painting.labels.find(({ kind, keys }) => kind === 'chip' && keys.some(isMine))
    if (chip !== undefined) return { group: chip.group, room: { ...chip.box, radius: 6 } }
    const node = this.#painting.nodes.get(source)
    if (node === undefined) return undefined
    const { shape, x, y, width, height } = node.placed
    if (shape === 'pill') return { group: node.group, room: { ...node.placed, radius: 8 } }
    return { group: node.group, room: { x: x + 12, y: y + height - 4, width: width - 24, height: 2, radius: 1 } }
  }

  start({ eventType, delay, elapsed = 0 }: Wait): void {
    const source = this.#ids.find((id) => eventType.endsWith(`.${id}`))
    if (source === undefined || !(delay > 0) || delay > longest) return
    this.#running.get(eventType)?.fill?.remove()
    const place = wantsStillness() ? undefined : this.#placeOf(source, eventType)
    const fill = place && fillOver(place.group, place.room, delay, elapsed)
    this.#running.set(eventType, { source, delay, fill })
  }

  /** Ends the waits of all states that are no longer active. */
  keep(active: ReadonlySet<string>): void {
    for (const [eventType, { source, fill }] of this.#running) {
      if (active.has(source)) continue
      fill?.remove()
      this.#running.delete(eventType)
    }
  }

  /** For who asked for stillness, what ends first, in words; nobody else needs them. */
  get words(): string {
    const shortest = Math.min(...[...this.#running.values()].map(({ delay }) => delay))
    return wantsStillness() && Number.isFinite(shortest) ? `, ${delayText(String(Math.round(shortest)))} to wait` : ''
  }
}
