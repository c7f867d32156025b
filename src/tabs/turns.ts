/**
 * Work that is done in the order in which it was asked for, so many pieces at once.
 *
 * @module
 */

export class Turns {
  readonly #atOnce: number
  #under = 0
  readonly #waiting: (() => void)[] = []

  constructor(atOnce: number) {
    this.#atOnce = atOnce
  }

  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#under >= this.#atOnce) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#under += 1
    try {
      return await work()
    } finally {
      // The place goes over to the next without becoming free: nobody overtakes.
      const next = this.#waiting.shift()
      if (next === undefined) this.#under -= 1
      else next()
    }
  }
}
