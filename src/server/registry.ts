/**
 * All streams of a server, by path.
 *
 * @module
 */

import { randomBytes } from 'node:crypto'
import type { Clock } from './clock.ts'
import { type Retention, StreamLog } from './stream-log.ts'

/** What all streams of a server share. */
export interface RegistryOptions {
  readonly retention: Retention
  /** The most streams there may be. */
  readonly streams: number
  readonly producers: { readonly remembered: number; readonly idleMs: number }
  readonly clock: Clock
}

const GEN_DIGITS = 16

export class Registry {
  readonly #logs = new Map<string, StreamLog>()
  readonly #options: RegistryOptions
  #aliases = 0
  #lastGen = 0n

  constructor(options: RegistryOptions) {
    this.#options = options
  }

  find(path: string): StreamLog | undefined {
    return this.#logs.get(path)
  }

  /** A new stream, or `null` when there are too many. The path must be free. */
  create(path: string, contentType: string): StreamLog | null {
    if (this.#logs.size >= this.#options.streams) return null
    const { retention, producers, clock } = this.#options
    const log = new StreamLog({
      path,
      contentType,
      gen: this.#nextGen(),
      alias: ++this.#aliases,
      retention,
      producers,
      clock,
    })
    this.#logs.set(path, log)
    return log
  }

  /** Whether there was one. */
  delete(path: string): boolean {
    const log = this.#logs.get(path)
    if (log === undefined) return false
    this.#logs.delete(path)
    log.delete()
    return true
  }

  /**
   * 48 bits of creation time, 16 random ones. Growing over all paths together, which is more than the protocol asks
   * (growing per path) and needs no tombstone for each deleted stream.
   */
  #nextGen(): string {
    const time = BigInt(Math.floor(this.#options.clock.now()))
    const fresh = (time << 16n) | BigInt(randomBytes(2).readUInt16BE())
    this.#lastGen = fresh > this.#lastGen ? fresh : this.#lastGen + 1n
    return this.#lastGen.toString(16).padStart(GEN_DIGITS, '0')
  }
}
