/**
 * What a connection hands to its links to be sent, for whoever looks on. Nothing is in the way of a send while nobody does: the
 * methods it passes through are stood in for only as long as somebody looks.
 *
 * @module
 */
import type { AppendAnswer, Link, NumberedAppend, Outgoing } from '../link.ts'
import type { Sending } from './sending.ts'

/** Hears what became of something that was sent: with the error when it was not. Not called when it is not known. */
export type SendOutcome = (error?: unknown) => void

/**
 * Hears of everything just before a link gets it, encoded. `sequence` is the number of the append that carries it, where there is
 * one. Must not throw. Answers who wants to hear what becomes of it, if anybody.
 */
export type SendTap = (data: unknown, sequence: number | undefined) => SendOutcome | null

class TappedSending {
  readonly taps = new Set<SendTap>()
  readonly #sending: Sending
  #leave: (() => void) | null = null
  #release: (() => void) | null = null

  constructor(sending: Sending) {
    this.#sending = sending
  }

  /** Follows its links, from the present one on. */
  begin(): void {
    const sending = this.#sending
    const { through } = sending
    this.#leave = standIn(sending, 'through', (link: Link | null) => {
      this.#follow(link)
      through.call(sending, link)
    })
    this.#follow(sending.link)
  }

  end(): void {
    this.#leave?.()
    this.#follow(null)
  }

  #follow(link: Link | null): void {
    this.#release?.()
    this.#release = null
    if (link === null) return
    const { append, write } = link
    const undo = [
      write && standIn(link, 'write', (batch: readonly Outgoing[]) => write.call(link, batch.map(this.#heard))),
      append &&
        standIn(link, 'append', (given: NumberedAppend) => this.#followed(given, () => append.call(link, given))),
    ]
    this.#release = () => {
      for (const restore of undo) restore?.()
    }
  }

  #tell(data: unknown, sequence: number | undefined): readonly SendOutcome[] {
    return [...this.taps].flatMap((tap) => tap(data, sequence) ?? [])
  }

  readonly #heard = (item: Outgoing): Outgoing => {
    const outcomes = this.#tell(item.data, undefined)
    if (outcomes.length === 0) return item
    return {
      data: item.data,
      settle(error) {
        item.settle(error)
        for (const outcome of outcomes) outcome(error)
      },
    }
  }

  #followed({ producer, records }: NumberedAppend, append: () => Promise<AppendAnswer>): Promise<AppendAnswer> {
    const outcomes = records.flatMap((record) => this.#tell(record, producer.sequence))
    const answer = append()
    answer.then(
      (said) => {
        // One that came too early, or at a bad moment, is appended again under its number.
        if (said.kind !== 'stored' && !('error' in said)) return
        for (const outcome of outcomes) outcome('error' in said ? said.error : undefined)
      },
      () => {},
    )
    return answer
  }
}

/** @returns puts back what was there. */
function standIn<Owner extends object, Name extends keyof Owner>(
  owner: Owner,
  name: Name,
  value: NonNullable<Owner[Name]>,
): () => void {
  const own = Reflect.getOwnPropertyDescriptor(owner, name)
  Reflect.defineProperty(owner, name, { value, configurable: true, writable: true })
  return () => {
    if (own === undefined) Reflect.deleteProperty(owner, name)
    else Reflect.defineProperty(owner, name, own)
  }
}

const tapped = new WeakMap<Sending, TappedSending>()

/** Listens to all that is sent until the returned function is called; also over the links that are still to come. */
export function tapSends(sending: Sending, tap: SendTap): () => void {
  const known = tapped.get(sending) ?? new TappedSending(sending)
  tapped.set(sending, known)
  if (known.taps.size === 0) known.begin()
  known.taps.add(tap)
  return () => {
    if (known.taps.delete(tap) && known.taps.size === 0) known.end()
  }
}
