/**
 * Who looks on from other pages. A page that crashes says no farewell: one that is not heard for a while has left.
 *
 * @module
 */

/** Three of the five seconds after which a viewer says again that it looks, in ms. */
const patience = 15_000
const mostViewers = 16

export class Audience {
  readonly #heardAt = new Map<string, number>()
  readonly #changed: (isWatched: boolean) => void
  #timer: ReturnType<typeof setTimeout> | null = null

  constructor(changed: (isWatched: boolean) => void) {
    this.#changed = changed
  }

  hear(viewer: string, looks: boolean): void {
    if (!looks) this.#heardAt.delete(viewer)
    else if (this.#heardAt.size < mostViewers) this.#heardAt.set(viewer, performance.now())
    this.#look()
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#heardAt.clear()
  }

  #look(): void {
    const now = performance.now()
    for (const [viewer, heardAt] of this.#heardAt) if (now - heardAt > patience) this.#heardAt.delete(viewer)
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#changed(this.#heardAt.size > 0)
    if (this.#heardAt.size === 0) return
    const timer = setTimeout(() => this.#look(), patience + 1)
    if (typeof timer === 'object') timer.unref()
    this.#timer = timer
  }
}
