/**
 * Waiting for something that others bring about, as long as anything moves at all.
 *
 * @module
 */

export class Pulse {
  readonly #waiting = new Set<() => void>()

  /** Something has moved: whoever waits looks again. */
  beat(): void {
    for (const look of [...this.#waiting]) look()
  }

  /** Resolves `true` when the condition holds, `false` when nothing has moved for so many milliseconds before it did. */
  until(condition: () => boolean, patience: number): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (held: boolean): void => {
        clearTimeout(timer)
        this.#waiting.delete(look)
        resolve(held)
      }
      const look = (): void => {
        if (condition()) settle(true)
        else timer.refresh()
      }
      const timer = setTimeout(() => settle(condition()), patience)
      this.#waiting.add(look)
      look()
    })
  }
}
