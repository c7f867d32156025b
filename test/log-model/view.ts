/**
 * The application's view of the log, which is the oracle: after everything it hears, the places where it may stand. When none is
 * left, it was told something that the log does not explain: a record twice, out of order, or missing without a word.
 *
 * @module
 */
import type { Gap } from '../../src/link.ts'
import type { GapPolicy } from '../../src/transports/durable.ts'
import type { Place, Truth } from './truth.ts'

export class View {
  readonly complaints: string[] = []
  /** How many records and how many gaps it has heard of. */
  readonly heard = { records: 0, gaps: 0 }
  readonly #truth: Truth
  readonly #policy: GapPolicy
  /** Asked anew each time: where a stream begins that is trimmed while somebody comes, only what follows can tell. */
  #places: () => readonly Place[]

  constructor(truth: Truth, policy: GapPolicy) {
    this.#truth = truth
    this.#policy = policy
    this.#places = () => this.#starts({ life: 0, seq: 0 })
  }

  /** It reads from the beginning again. */
  beginAnew(): void {
    const { start } = this.#truth
    this.#places = () => this.#starts(start)
  }

  /** A record was handed over. */
  hear(name: string): void {
    this.heard.records += 1
    const before = this.#places()
    const found = this.#truth
      .places(name)
      .filter(({ life, seq }) => before.some((place) => place.life === life && place.seq === seq - 1))
    if (found.length === 0) this.#complain(`${name} was handed over`, before)
    else this.#places = () => found
  }

  /**
   * It was told that history is gone.
   *
   * @param reading - whether it reads. Who does not has not moved yet, and may be told the same by the next connection.
   */
  lose({ reason, lost }: Pick<Gap, 'lost'> & { readonly reason: Gap['reason'] | null }, reading = true): void {
    this.heard.gaps += 1
    const before = this.#places()
    const after = before.flatMap((place) => [...this.#behind(place, reason, lost)])
    if (after.length === 0) this.#complain(`it was told that ${lost} records are gone (${reason})`, before)
    // A snapshot follows; if the attempt fails behind it, the same gap is met again.
    else if (this.#policy === 'refetch') this.#places = () => before
    else {
      const from = (place: Place) => (this.#policy === 'jump' ? this.#anywhereFrom(place) : this.#starts(place))
      this.#places = () => [...after.flatMap(from), ...(reading ? [] : before)]
    }
  }

  /** It has read a snapshot up to here. */
  take(place: Place): void {
    const before = this.#places()
    this.#places = () => [place, ...before]
  }

  /** Where it stands by its own account. */
  standsAt(place: Place): void {
    const before = this.#places()
    const found = before.filter(({ life, seq }) => life === place.life && seq === place.seq)
    if (found.length === 0) this.#complain(`it stands at ${textOf(place)}`, before)
    else this.#places = () => found
  }

  /** The first places that are there after a gap: the oldest that were kept, then. */
  *#behind({ life, seq }: Place, reason: Gap['reason'] | null, lost: number | null): Generator<Place> {
    const { lives } = this.#truth
    // Whoever jumps is not told how many records it passes over, and an error does not tell the reason.
    const counts = this.#policy !== 'jump'
    if (reason === 'trimmed' || (reason === null && lost !== null))
      for (const start of lives[life]?.starts ?? [])
        if (start > seq && (counts ? start - seq === lost : lost === null)) yield { life, seq: start }
    const replaced = lives[life + 1]
    if ((reason === 'generation' || reason === null) && lost === null && replaced !== undefined)
      yield { life: life + 1, seq: 0 }
  }

  /** Every place where the log has ever begun, from this one on. */
  #starts(from: Place): readonly Place[] {
    return this.#truth.lives.flatMap(({ starts }, life) =>
      [...starts]
        .filter((seq) => life > from.life || (life === from.life && seq >= from.seq))
        .map((seq) => ({ life, seq })),
    )
  }

  #anywhereFrom(from: Place): readonly Place[] {
    return this.#truth.lives.flatMap(({ records }, life) =>
      [0, ...records.map((_, index) => index + 1)]
        .filter((seq) => life > from.life || (life === from.life && seq >= from.seq))
        .map((seq) => ({ life, seq })),
    )
  }

  #complain(what: string, before: readonly Place[]): void {
    this.complaints.push(`${what}, after it stood at ${before.slice(0, 5).map(textOf).join(' or ')}`)
  }
}

function textOf({ life, seq }: Place): string {
  return `${life}.${seq}`
}
