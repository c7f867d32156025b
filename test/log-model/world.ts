/**
 * A log in a file, the server that opens it, and two applications that read and write it, each through a proxy of its own.
 *
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileOutbox } from '../../src/file-outbox.ts'
import { memoryStorage } from '../../src/producer/memory-storage.ts'
import { turn } from '../../src/testing/clock.ts'
import { randomOf } from '../commands/world.ts'
import { checkAlways, checkSettled } from './invariants.ts'
import { Origin } from './origin.ts'
import { type Policy, Reader, type Via } from './reader.ts'
import { Truth } from './truth.ts'

/** What one of the applications is like. */
export interface Character {
  readonly policy: Policy
  readonly via: Via
  readonly outbox: 'memory' | 'file'
}

/** How long nobody may get on, in real ms. A poll that is held back counts as a connection after 1,000. */
const PATIENCE_MS = 8_000

export class World {
  readonly truth = new Truth()
  readonly origin: Origin
  readonly readers: readonly Reader[]
  /** How many records the server itself has written. */
  written = 0
  readonly #folder = mkdtempSync(join(tmpdir(), 'log-model-'))

  constructor(characters: readonly Character[], seed: number) {
    const random = randomOf(seed)
    this.origin = new Origin(join(this.#folder, 'streams.db'), this.truth)
    this.readers = characters.map(({ outbox, policy, via }, index) => {
      const name = index === 0 ? 'a' : 'b'
      const storage = outbox === 'file' ? fileOutbox(join(this.#folder, name)) : memoryStorage
      return new Reader({ name, policy, via, storage, random }, this.truth, this.origin)
    })
  }

  async open(): Promise<void> {
    await this.origin.open()
    await Promise.all(this.readers.map((reader) => reader.open()))
  }

  async write(count: number): Promise<void> {
    const names = Array.from({ length: count }, () => {
      this.written += 1
      return `s${this.written}`
    })
    await this.origin.append(names)
  }

  /** Waits until everybody who reads has everything, and the log has everything that was sent. */
  async settled(): Promise<void> {
    const end = performance.now() + PATIENCE_MS
    for (let missing = this.#missing(); missing !== null; missing = this.#missing()) {
      if (performance.now() > end) throw new Error(`Nobody gets on: ${missing}.`)
      await this.look()
      await turn()
    }
    checkSettled(this)
  }

  /** Lets the applications do what is theirs to do, and looks at what they were told. */
  async look(): Promise<void> {
    for (const reader of this.readers) await reader.tend()
    checkAlways(this)
  }

  async close(): Promise<void> {
    await Promise.all(this.readers.map((reader) => reader.close()))
    await this.origin.kill()
    rmSync(this.#folder, { recursive: true })
  }

  #missing(): string | null {
    const missing = this.readers.map((reader) => reader.missing).filter((each) => each !== null)
    return missing.length === 0 ? null : missing.join('; ')
  }
}
