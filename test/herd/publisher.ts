/**
 * Appends numbered records over HTTP, each exactly once, whatever becomes of the server meanwhile.
 *
 * @module
 */
import { setTimeout as wait } from 'node:timers/promises'
import { HEADERS } from '../../src/wire/names.ts'

/** One a second: to 10,000 readers that is 10,000 deliveries a second. */
const EVERY_MS = 1_000

/** How long to wait for an answer, and after a failure. */
const PATIENCE_MS = 2_000
const PAUSE_MS = 250

/** How often it is tried once nobody wants more. */
const LAST_TRIES = 40

export class Publisher {
  readonly #url: string
  readonly #work: Promise<number>
  #state: 'publishing' | 'stopping' = 'publishing'

  constructor(url: string) {
    this.#url = url
    this.#work = this.#publish()
  }

  /** How many records there are, when the last one is confirmed. Idempotent. */
  stop(): Promise<number> {
    this.#state = 'stopping'
    return this.#work
  }

  async #publish(): Promise<number> {
    let n = 0
    do {
      n += 1
      await this.#appendOnce(n)
      await wait(EVERY_MS)
    } while (this.#state === 'publishing')
    return n
  }

  /** Until it is confirmed, or nobody waits for a server that does not come. */
  async #appendOnce(n: number): Promise<void> {
    for (let left = LAST_TRIES; left > 0 && !(await this.#append(n)); ) {
      if (this.#state === 'stopping') left -= 1
      await wait(PAUSE_MS)
    }
  }

  /** The same number is the same record: repeating it after a lost answer appends nothing. */
  async #append(n: number): Promise<boolean> {
    const headers = {
      'Content-Type': 'application/json',
      [HEADERS.producerId]: 'herd',
      [HEADERS.producerEpoch]: '0',
      [HEADERS.producerSeq]: String(n - 1),
    }
    try {
      const signal = AbortSignal.timeout(PATIENCE_MS)
      const response = await fetch(this.#url, { method: 'POST', headers, body: JSON.stringify({ n }), signal })
      await response.body?.cancel()
      return response.ok
    } catch {
      return false
    }
  }
}
