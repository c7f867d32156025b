/**
 * A connection that sends numbers and reads them back, and what the stream holds in the end.
 *
 * @module
 */
import { expect, onTestFinished, vi } from 'vitest'
import { createActor } from 'xstate'
import type { Backoff } from '../../src/connection/backoff.ts'
import { durableConnection, sendOver } from '../../src/durable.ts'
import type { DurableVia } from '../../src/transports/durable-input.ts'
import { HEADERS, JSON_TYPE } from '../../src/wire/names.ts'
import { PATIENT } from './patience.ts'
import { steadily } from './steadily.ts'

/** Waits for a condition; not for so long that a fault would be taken for slowness. */
export function soon(condition: () => void | Promise<void>): Promise<void> {
  return vi.waitFor(condition, { timeout: 50_000, interval: 20 })
}

/** Creates a stream of JSON. */
export async function createStream(url: string): Promise<void> {
  const answer = await fetch(url, { method: 'PUT', headers: { 'content-type': JSON_TYPE } })
  expect(answer.status).toBe(201)
}

/** Everything in a stream, as its server tells it now. */
export async function storedIn(url: string): Promise<unknown[]> {
  const records: unknown[] = []
  for (let offset = '-1'; ; ) {
    const page = await fetch(`${url}?offset=${offset}`)
    expect(page.status).toBe(200)
    const part: unknown = await page.json()
    if (Array.isArray(part)) records.push(...part)
    if (page.headers.get(HEADERS.upToDate) === 'true') return records
    offset = page.headers.get(HEADERS.nextOffset) ?? ''
  }
}

export class Traveller {
  readonly via: DurableVia
  readonly url: string
  /** What arrived, in its order. */
  readonly seen: unknown[] = []
  /** How many sends were confirmed, and how many were made. */
  confirmed = 0
  sent = 0
  readonly #actor
  readonly #sending: Promise<void>
  #last = Number.POSITIVE_INFINITY

  constructor(via: DurableVia, url: string, backoff: Backoff = PATIENT.backoff) {
    this.via = via
    this.url = url
    this.#actor = createActor(durableConnection, { input: { url, via, ...PATIENT, backoff } }).start()
    this.#actor.on('message', ({ message }) => this.seen.push(message.data))
    this.#actor.send({ type: 'connect' })
    onTestFinished(() => void this.#actor.stop())
    this.#sending = steadily(
      (n) => this.#send(n),
      (n) => n < this.#last,
    )
    // Told by whoever finishes; until then it is nobody's.
    this.#sending.catch(() => {})
  }

  /** What must have arrived in both directions. */
  get expected(): number[] {
    return Array.from({ length: this.sent }, (_, n) => n)
  }

  /** Both directions have got on by so much since then. */
  passed({ confirmed, seen }: Progress, count: number): boolean {
    return this.confirmed >= confirmed + count && this.seen.length >= seen + count && this.sent > this.confirmed
  }

  get progress(): Progress {
    return { confirmed: this.confirmed, seen: this.seen.length }
  }

  /** Sends no more, and resolves when everything that was sent is confirmed and read. */
  async finish(): Promise<void> {
    this.#last = this.sent
    await this.#sending
    await soon(() => expect(this.seen.length).toBeGreaterThanOrEqual(this.sent))
  }

  async #send(n: number): Promise<void> {
    this.sent = n + 1
    await sendOver(this.#actor, n)
    this.confirmed += 1
  }
}

/** How far a traveller had come. */
export interface Progress {
  readonly confirmed: number
  readonly seen: number
}

/** Everything once and in order, in both directions. */
export async function expectExactlyOnce(traveller: Traveller): Promise<void> {
  expect(traveller.seen).toEqual(traveller.expected)
  expect(await storedIn(traveller.url)).toEqual(traveller.expected)
}
