/**
 * The waits of a chart that are running: each fills the chip of its transition, or the state that waits. For who asked for
 * stillness it says there how much is left.
 *
 * @module
 */
import { type Badge, badgeOn } from './badge.ts'
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
  /** `stopped` shows it as it is at that instant. Default `running`. */
  readonly clock?: 'running' | 'stopped' | undefined
}

interface Running {
  readonly source: string
  readonly delay: number
  readonly shown: Pick<Badge, 'remove'> | undefined
}

interface Place {
  readonly group: SVGGElement
  readonly room: Box & { readonly radius: number }
}

/** A bar of more than a day would not be seen to move: that is how a chart writes "never". */
const longest = 86_400_000
/** So often the number for who asked for stillness changes, in ms. */
const beat = 1000

export interface WaitsOptions {
  /** Whether numbers stand for movement. Default: what the system says. */
  readonly stillness?: (() => boolean) | undefined
  /** Calls back every so many milliseconds. @returns stops it. */
  readonly every?: ((callback: () => void, delay: number) => () => void) | undefined
}

function everyOf(callback: () => void, delay: number): () => void {
  const interval = setInterval(callback, delay)
  return () => clearInterval(interval)
}

export class Waits {
  readonly #painting: Painting
  readonly #stillness: () => boolean
  readonly #every: NonNullable<WaitsOptions['every']>
  /** Longest first: a state's id may end in that of another machine's state. */
  readonly #ids: readonly string[]
  readonly #running = new Map<string, Running>()

  constructor(
    painting: Painting,
    model: ChartModel,
    { stillness = wantsStillness, every = everyOf }: WaitsOptions = {},
  ) {
    this.#painting = painting
    this.#ids = [...model.nodes.keys()].sort((a, b) => b.length - a.length)
    this.#stillness = stillness
    this.#every = every
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

  /** How much is left, in words, a second at a time. */
  #count({ room }: Place, left: number, clock: 'running' | 'stopped'): Pick<Badge, 'remove'> {
    const badge = badgeOn(this.#painting.root, { x: room.x + room.width, y: room.y })
    const say = (): void => badge.say(delayText(String(Math.round(Math.max(0, left)))))
    say()
    if (clock === 'stopped') return badge
    const stop = this.#every(() => {
      left -= beat
      say()
      if (left <= 0) stop()
    }, beat)
    return {
      remove() {
        stop()
        badge.remove()
      },
    }
  }

  start({ eventType, delay, elapsed = 0, clock = 'running' }: Wait): void {
    const source = this.#ids.find((id) => eventType.endsWith(`.${id}`))
    if (source === undefined || !(delay > 0) || delay > longest) return
    this.#running.get(eventType)?.shown?.remove()
    const place = this.#placeOf(source, eventType)
    const show = (at: Place): Pick<Badge, 'remove'> =>
      this.#stillness() ? this.#count(at, delay - elapsed, clock) : fillOver(at.group, at.room, delay, elapsed, clock)
    this.#running.set(eventType, { source, delay, shown: place && show(place) })
  }

  /** Ends the waits of all states that are no longer active. */
  keep(active: ReadonlySet<string>): void {
    for (const [eventType, { source, shown }] of this.#running) {
      if (active.has(source)) continue
      shown?.remove()
      this.#running.delete(eventType)
    }
  }

  /** For who asked for stillness, what ends first, in words; nobody else needs them. */
  get words(): string {
    const shortest = Math.min(...[...this.#running.values()].map(({ delay }) => delay))
    return this.#stillness() && Number.isFinite(shortest) ? `, ${delayText(String(Math.round(shortest)))} to wait` : ''
  }
}
