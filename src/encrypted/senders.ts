/**
 * The replay windows of everybody who was heard on a channel, bounded.
 *
 * @module
 */
import { TransportError } from '../errors.ts'
import type { MessageHeader } from './header.ts'
import type { KeySource } from './key-ring.ts'
import { ReplayWindow } from './replay-window.ts'

/** Messages of a sender that did not arrive: dropped on the way, or never sent after they were encrypted. */
export interface SequenceGap {
  /** The sending session: random, new for each encoder and key. It names nobody. */
  readonly sender: string
  /** How many are missing. */
  readonly lost: number
}

export class Senders {
  readonly #window: number
  readonly #most: number
  /** By key id first: with a retired key all its senders can go, because nothing under it is accepted any more. */
  readonly #byKey = new Map<string, Map<string, ReplayWindow>>()
  #count = 0

  constructor(window: number, most: number) {
    this.#window = window
    this.#most = most
  }

  /** Takes an authentic message once and says how many were jumped over; throws `replayed` or `limit_exceeded`. */
  async take(message: MessageHeader, keys: KeySource): Promise<number> {
    if (this.#find(message) === undefined && this.#count >= this.#most) await this.#forgetRetired(keys)
    // No `await` from here on: two calls must not both find the number free.
    const lost = (this.#find(message) ?? this.#meet(message)).take(message.seq)
    if (lost === null)
      throw new TransportError('replayed', 'A message was received before, or out of order, and was refused.')
    return lost
  }

  #find({ kid, sid }: MessageHeader): ReplayWindow | undefined {
    return this.#byKey.get(kid)?.get(sid)
  }

  #meet({ kid, sid }: MessageHeader): ReplayWindow {
    // Forgetting the one silent for longest would let all of its messages pass a second time.
    if (this.#count >= this.#most) {
      throw new TransportError('limit_exceeded', `More than ${this.#most} senders were heard under the keys in use.`)
    }
    const window = new ReplayWindow(this.#window)
    const senders = this.#byKey.get(kid) ?? new Map<string, ReplayWindow>()
    this.#byKey.set(kid, senders.set(sid, window))
    this.#count += 1
    return window
  }

  async #forgetRetired(keys: KeySource): Promise<void> {
    for (const [kid, senders] of [...this.#byKey]) {
      if (!(await isGone(keys, kid)) || this.#byKey.get(kid) !== senders) continue
      this.#byKey.delete(kid)
      this.#count -= senders.size
    }
  }
}

/** A source that fails has not said that the key is retired. */
async function isGone(keys: KeySource, kid: string): Promise<boolean> {
  try {
    return (await keys.get(kid)) === undefined
  } catch {
    return false
  }
}
