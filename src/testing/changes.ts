/**
 * Waiting for a condition without polling: whoever changes something says so, whoever waits looks again.
 *
 * @module
 */

/** What the parts of a scripted server tell each other about: something is not as it was. */
export class Changes {
  readonly #watchers = new Set<() => void>()

  /** Looks at every condition that somebody waits for. */
  notify(): void {
    for (const look of [...this.#watchers]) look()
  }

  /** Resolves when the condition holds; at once when it does already. A condition that throws rejects. */
  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        try {
          if (!condition()) return
          resolve()
        } catch (error) {
          reject(error)
        }
        this.#watchers.delete(look)
      }
      this.#watchers.add(look)
      look()
    })
  }
}
