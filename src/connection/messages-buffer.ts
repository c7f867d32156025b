/**
 * Messages that wait for an iterator, oldest first, with their weight.
 *
 * @module
 */
import { sizeOf } from '../codecs/size-of.ts'
import type { Message } from '../link.ts'

/** Below so many free places in front the array is left as it is. */
const worthMoving = 64

/** A queue whose every step is cheap: `Array.shift` on a quarter of a million entries moves two megabytes each time. */
export class MessageBuffer<Data> {
  #messages: (Message<Data> | undefined)[] = []
  /** The size at arrival: a listener may have put other data into the message since. */
  #sizes: number[] = []
  #first = 0
  /** What they weigh together, as `sizeOf` weighs. */
  bytes = 0

  get length(): number {
    return this.#messages.length - this.#first
  }

  push(message: Message<Data>): void {
    const size = sizeOf(message.data)
    this.#messages.push(message)
    this.#sizes.push(size)
    this.bytes += size
  }

  /** Takes the oldest. */
  shift(): Message<Data> | undefined {
    const message = this.#messages[this.#first]
    if (message === undefined) return undefined
    this.bytes -= this.#sizes[this.#first] ?? 0
    // The place stays for a while, what stood in it must not.
    this.#messages[this.#first] = undefined
    this.#first += 1
    if (this.#first >= worthMoving && this.#first * 2 >= this.#messages.length) this.#move()
    return message
  }

  clear(): void {
    this.#first = this.#messages.length
    this.#move()
    this.bytes = 0
  }

  #move(): void {
    this.#messages = this.#messages.slice(this.#first)
    this.#sizes = this.#sizes.slice(this.#first)
    this.#first = 0
  }
}
