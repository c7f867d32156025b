/**
 * A slot in a file, as its only owner has it.
 *
 * @module
 */
import { randomBytes } from 'node:crypto'
import { rename } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Clock } from '../connection/clock.ts'
import type { FileLock } from './file-lock.ts'
import { acknowledgedEntry, batchEntry, type FileContent, headEntry } from './file-outbox-entries.ts'
import { outboxFailure } from './file-outbox-failure.ts'
import type { DurableFile } from './file-outbox-file.ts'
import type { OutboxSlot, ProducerIdentity, StoredBatch } from './storage.ts'

/** What a slot's name begins with once nothing of it will ever be taken. */
export const BURIED = 'buried.'

/** Below this it is not worth to make a file anew, whatever of it is acknowledged. In bytes. */
const SMALL_FILE = 256 * 1024

/** So long an outbox in which nothing waits any more may go on without having written that down, in ms. */
const IDLE_AFTER = 100

interface Waiting {
  readonly batch: StoredBatch
  /** Bytes of its line. */
  readonly length: number
}

export interface FileSlotParts {
  readonly lock: FileLock
  readonly file: DurableFile
  readonly content: FileContent
  readonly found: OutboxSlot['found']
  readonly clock: Clock
}

export class FileSlot implements OutboxSlot {
  readonly found: OutboxSlot['found']
  /** This, `next` and `batches` are as they were found. */
  readonly producer: ProducerIdentity
  readonly next: number
  readonly batches: readonly StoredBatch[]

  readonly #lock: FileLock
  readonly #file: DurableFile
  readonly #clock: Clock
  #epoch: number
  #following: number
  #waiting: Waiting[]
  /** The highest number that is acknowledged, and that of which the file says so; -1 when it says nothing. */
  #acknowledged = -1
  #written = -1
  #idle: unknown
  #turn: Promise<unknown> = Promise.resolve()
  #released: Promise<void> | undefined

  constructor({ lock, file, content, found, clock }: FileSlotParts) {
    this.found = found
    this.producer = content.producer
    this.next = content.next
    this.batches = content.batches
    this.#lock = lock
    this.#file = file
    this.#clock = clock
    this.#epoch = content.producer.epoch
    this.#following = content.next
    this.#waiting = content.batches.map(waitingOf)
  }

  /** Rejects with `outbox_failed`; the batch is not in the slot then, and what is stays there. */
  put(batch: StoredBatch): Promise<void> {
    return this.#inTurn(async () => {
      if (batch.sequence !== this.#following)
        throw new Error(`Batch ${this.#following} is next, not ${batch.sequence}.`)
      const line = batchEntry(batch, this.#acknowledged)
      await this.#append(line)
      this.#following++
      this.#waiting.push({ batch, length: line.length })
    })
  }

  /**
   * Is written down with the next batch, or soon when nothing waits any more. Who dies in between leaves batches that are sent
   * again, and are known to the server.
   */
  acknowledge(sequence: number): Promise<void> {
    return this.#afterTurn(async () => {
      this.#acknowledged = Math.max(this.#acknowledged, Math.min(sequence, this.#following - 1))
      this.#waiting = this.#waiting.filter(({ batch }) => batch.sequence > sequence)
      if (this.#waiting.length > 0 || this.#released !== undefined) return
      // What fails there is not told: nothing is lost by it, and the next batch meets the same trouble.
      this.#idle ??= this.#clock.setTimeout(() => void this.#inTurn(() => this.#settle()).catch(() => {}), IDLE_AFTER)
    })
  }

  renumber(epoch: number, batches: readonly StoredBatch[]): Promise<void> {
    return this.#inTurn(async () => {
      const waiting = batches.map(waitingOf)
      const last = batches.at(-1)
      await this.#replace(epoch, last === undefined ? 0 : last.sequence + 1, waiting)
    })
  }

  release(): Promise<void> {
    this.#released ??= this.#afterTurn(async () => {
      await this.#settle().catch(() => {})
      await this.#file.touch().catch(() => {})
      // When even this fails, the slot is free when the process ends.
      await this.#lock.free().catch(() => {})
    })
    return this.#released
  }

  /** Under a name that no claim looks at. */
  bury(): Promise<void> {
    this.#released ??= this.#afterTurn(async () => {
      this.#clock.clearTimeout(this.#idle)
      const { directory } = this.#lock
      const buried = join(dirname(directory), `${BURIED}${basename(directory)}.${randomBytes(8).toString('hex')}`)
      await rename(directory, buried).catch(() => this.#lock.free().catch(() => {}))
    })
    return this.#released
  }

  async #settle(): Promise<void> {
    this.#clock.clearTimeout(this.#idle)
    this.#idle = undefined
    if (this.#acknowledged > this.#written) await this.#append(acknowledgedEntry(this.#acknowledged))
  }

  async #append(line: Buffer): Promise<void> {
    if (!this.#file.sound || this.#isOvergrown()) await this.#replace(this.#epoch, this.#following, this.#waiting)
    await this.#file.append(line)
    this.#written = this.#acknowledged
  }

  #isOvergrown(): boolean {
    const { length } = this.#file
    return length > SMALL_FILE && 2 * this.#waiting.reduce((sum, waiting) => sum + waiting.length, 0) < length
  }

  async #replace(epoch: number, following: number, waiting: Waiting[]): Promise<void> {
    const head = headEntry({ id: this.producer.id, epoch }, waiting[0]?.batch.sequence ?? following)
    await this.#file.replace(Buffer.concat([head, ...waiting.map(({ batch }) => batchEntry(batch, -1))]))
    this.#epoch = epoch
    this.#following = following
    this.#waiting = waiting
    // What was acknowledged is in the file no more, and in a new epoch its numbers are those of others.
    this.#acknowledged = -1
    this.#written = -1
  }

  async #inTurn(act: () => Promise<void>): Promise<void> {
    if (this.#released !== undefined) throw outboxFailure(new Error('The slot of the outbox was released.'))
    await this.#afterTurn(act).catch((error: unknown) => Promise.reject(outboxFailure(error)))
  }

  /** One after another: a timer may be writing when the producer comes. */
  #afterTurn(act: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(act)
    this.#turn = turn.catch(() => {})
    return turn
  }
}

function waitingOf(batch: StoredBatch): Waiting {
  return { batch, length: batchEntry(batch, -1).length }
}
