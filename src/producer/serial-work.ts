/**
 * One thing after another, without a promise where nothing has to be waited for.
 *
 * @module
 */

export class SerialWork {
  /** The end of all that was begun; `null` when nothing is under way. */
  #last: Promise<void> | null = null

  /** Runs a task when all before it are done; it must not reject. Returns when it is done, or nothing if it is already. */
  run(task: () => Promise<void> | undefined): Promise<void> | undefined {
    const done = this.#last === null ? task() : this.#last.then(task)
    if (done === undefined) return undefined
    const last = done.then(() => {
      if (this.#last === last) this.#last = null
    })
    this.#last = last
    return last
  }

  /** Resolves when nothing is under way any more. */
  async settled(): Promise<void> {
    while (this.#last !== null) await this.#last
  }
}
