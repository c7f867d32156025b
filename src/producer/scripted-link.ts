/**
 * A link to a stream server that keeps the rules of producers and of which a test decides what happens to each append, for the
 * tests of this room.
 *
 * @module
 */
import { TransportError } from '../errors.ts'
import type { AppendAnswer, Link, NumberedAppend } from '../link.ts'

/** A log that several links may append to. */
export class ProducerLog {
  readonly records: string[] = []
  readonly #producers = new Map<string, { epoch: number; next: number }>()

  /** What a server does with an append (wire.md 2.3). */
  apply({ producer: { id, epoch, sequence }, records }: NumberedAppend): AppendAnswer {
    const known = this.#producers.get(id) ?? { epoch, next: 0 }
    if (epoch < known.epoch) return { kind: 'barred', error: new TransportError('producer_fenced', 'Fenced.') }
    const state = epoch > known.epoch ? { epoch, next: 0 } : known
    if (sequence > state.next) return { kind: 'early', expected: state.next }
    if (sequence < state.next) return { kind: 'stored' }
    this.#producers.set(id, { epoch, next: sequence + 1 })
    this.records.push(...records.map(String))
    return { kind: 'stored' }
  }

  /** As after a week of silence. */
  forgetProducers(): void {
    this.#producers.clear()
  }
}

/** An append that was made, and how to answer it. */
export interface Arrival {
  readonly append: NumberedAppend
  answer(answer: AppendAnswer): void
  /** The connection breaks under it. */
  breaks(): void
}

/** A link whose appends wait for the test. */
export function scriptedLink(appendsAtOnce = 4): { readonly link: Link; readonly arrivals: Arrival[] } {
  const arrivals: Arrival[] = []
  const link: Link = {
    protocol: 'scripted',
    appendsAtOnce,
    read: () => new Promise(() => {}),
    append: (append) =>
      new Promise((resolve, reject) => {
        const breaks = (): void => reject(new TransportError('network', 'Cut.'))
        arrivals.push({ append, answer: resolve, breaks })
      }),
    close() {},
  }
  return { link, arrivals }
}
