/**
 * What is told within a moment goes out together.
 *
 * @module
 */
import type { AppMessage } from '../protocol/messages.ts'

/** About a frame of a screen, in ms. */
const moment = 16

export class Batch {
  readonly #limit: number
  readonly #out: (messages: readonly AppMessage[]) => void
  #messages: AppMessage[] = []
  #timer: ReturnType<typeof setTimeout> | null = null
  #lost = 0

  /** @param limit - more messages than these are let go and counted. */
  constructor(limit: number, out: (messages: readonly AppMessage[]) => void) {
    this.#limit = limit
    this.#out = out
  }

  /** Takes messages; they go out after a moment, or at the next {@link flush} where `wait` says so. */
  add(messages: readonly AppMessage[], when: 'soon' | 'later'): void {
    for (const message of messages) {
      if (this.#messages.length < this.#limit) this.#messages.push(message)
      else this.#lost += message.kind === 'dropped' ? message.count : 1
    }
    if (when === 'later' || this.#timer !== null) return
    const timer = setTimeout(() => this.flush(), moment)
    if (typeof timer === 'object') timer.unref()
    this.#timer = timer
  }

  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const messages = this.#messages
    const count = this.#lost
    this.clear()
    const t = messages.findLast((message) => 't' in message)
    if (count > 0) messages.push({ kind: 'dropped', t: t !== undefined && 't' in t ? t.t : 0, count })
    if (messages.length > 0) this.#out(messages)
  }

  clear(): void {
    this.#messages = []
    this.#lost = 0
  }

  /** Nothing goes out any more by itself. */
  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.clear()
  }
}
