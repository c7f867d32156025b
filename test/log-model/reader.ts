/**
 * An application with one connection at a time: it reads under a policy for gaps, sends, and lives through reloads.
 *
 * @module
 */
import { createActor } from 'xstate'
import {
  type DurableInput,
  durableConnection,
  type OutboxStorage,
  type ResumeToken,
  resumeTokenOf,
  sendOver,
  stateOf,
  TransportError,
  type TransportErrorCode,
} from '../../src/durable.ts'
import { settle } from '../../src/testing/settle.ts'
import { parsePlace } from '../../src/transports/durable-position.ts'
import { parseOffset } from '../../src/wire/offset.ts'
import { type Cut, CuttingProxy } from '../natives/cutting-proxy.ts'
import { type Origin, STREAM } from './origin.ts'
import type { Place, Truth } from './truth.ts'
import { View } from './view.ts'
import { type WatchedStorage, watchStorage } from './watched-storage.ts'

export type Policy = NonNullable<DurableInput['onGap']>

/** The ladder, or one carrier and no other. */
export const carriers = ['auto', 'websocket', 'sse', 'ndjson', 'long-poll'] as const satisfies readonly NonNullable<
  DurableInput['via']
>[]

export type Via = (typeof carriers)[number]

export interface ReaderOptions {
  readonly name: string
  readonly policy: Policy
  readonly via: Via
  readonly storage: OutboxStorage
  readonly random: () => number
}

/** One `send()`. */
export interface Sent {
  readonly id: string
  /** `null` while it is not settled; else `sent`, or the code it was refused with. */
  outcome: string | null
}

/** Milliseconds: nothing here waits for a crowd to spread. */
const backoff = { base: 2, cap: 20 }

/** As a proxy that knows nothing of WebSockets: the handshake gets no answer. */
const noWebSocket: Cut = {
  of: 'client',
  abrupt: false,
  after: (said) => (/^upgrade: websocket\r$/im.test(said) ? 0 : Number.POSITIVE_INFINITY),
}

const fresh: ResumeToken = { position: null, producer: null }

export class Reader {
  readonly name: string
  readonly policy: Policy
  readonly view: View
  readonly storage: WatchedStorage
  readonly sends: Sent[] = []
  readonly complaints: string[] = []
  via: Via
  flow: 'flowing' | 'paused' = 'flowing'
  /** How the next connection ends. */
  nextCut: Cut | null = null
  /** What a proxy on the way does with WebSockets. */
  webSockets: 'passed' | 'barred' = 'passed'
  readonly #truth: Truth
  readonly #proxy: CuttingProxy
  readonly #random: () => number
  #url = ''
  #actor: ReturnType<typeof this.create> | null = null

  constructor(options: ReaderOptions, truth: Truth, origin: Origin) {
    this.name = options.name
    this.policy = options.policy
    this.via = options.via
    this.storage = watchStorage(options.storage)
    this.view = new View(truth, options.policy)
    this.#random = options.random
    this.#truth = truth
    this.#proxy = new CuttingProxy({
      get upstream() {
        return origin.port
      },
      plan: () => {
        const cut = this.nextCut
        this.nextCut = null
        return cut ?? (this.webSockets === 'barred' ? noWebSocket : null)
      },
    })
  }

  async open(): Promise<void> {
    this.#url = `${await this.#proxy.listen()}/v1/stream/${STREAM}`
    this.#begin(fresh)
  }

  /** Every connection of this reader is reset. */
  cut(): void {
    this.#proxy.cutAll()
  }

  send(pad: string): void {
    const sent: Sent = { id: `${this.name}${this.sends.length + 1}`, outcome: null }
    this.sends.push(sent)
    sendOver(this.#running, { id: sent.id, pad }).then(
      () => this.#settle(sent, 'sent'),
      (error: unknown) => this.#settle(sent, error instanceof TransportError ? error.code : `not typed: ${error}`),
    )
  }

  pause(): void {
    this.flow = 'paused'
    this.#running.send({ type: 'pause' })
  }

  resume(): void {
    this.flow = 'flowing'
    this.#running.send({ type: 'resume' })
  }

  /** The page is left and comes back, perhaps over another carrier. All it has is what it has stored. */
  async reload(via: Via = this.via): Promise<void> {
    const token = JSON.stringify(resumeTokenOf(this.#running))
    this.via = via
    if (via === 'websocket') this.webSockets = 'passed'
    await this.#restart(JSON.parse(token))
  }

  /** Does what the application must do by itself: begin anew where the policy is to fail, ask again for a stream that was away. */
  async tend(): Promise<void> {
    const snapshot = this.#running.getSnapshot()
    if (stateOf(snapshot) !== 'error') return
    const { failure } = snapshot.context
    if (failure?.code === 'gap' && this.policy === 'fail') {
      this.view.lose({ reason: null, lost: failure.lost ?? null })
      this.view.beginAnew()
      await this.#restart({ ...resumeTokenOf(this.#running), position: null })
    } else if (failure?.status === 404 && this.#truth.deletions > 0) this.#running.send({ type: 'connect' })
    else this.complaints.push(`${this.name} rests in error: ${failure?.code} ${failure?.status ?? ''}`)
  }

  /** What is still missing; `null` when it has everything and everybody has what it sent. */
  get missing(): string | null {
    const waiting = this.sends.filter((sent) => sent.outcome === null || this.#isKept(sent))
    const state = JSON.stringify(this.#running.getSnapshot().value)
    if (waiting.length > 0) return `${this.name} (${this.via}, ${state}) waits for ${waiting.map(({ id }) => id)}`
    if (this.flow === 'paused') return null
    const { place } = this
    const { tail } = this.#truth
    if (place?.life === tail.life && place.seq === tail.seq) return null
    return `${this.name} (${this.via}, ${state}) stands at ${place?.life}.${place?.seq}, the tail is ${tail.life}.${tail.seq}`
  }

  /** Where it stands by its own account; `null` before it knows. */
  get place(): Place | null {
    const { position } = resumeTokenOf(this.#running)
    if (position === null) return null
    const { offset, skip } = parsePlace(position)
    const parts = parseOffset(offset)
    return parts && { life: this.#truth.lifeOf(parts.gen), seq: parts.seq + skip }
  }

  /** Whether it waits in an outbox that outlives its connection: the next one has to send it. */
  #isKept({ id, outcome }: Sent): boolean {
    if (outcome !== 'send_unconfirmed' || !this.storage.survives) return false
    // A server that has deleted the stream has forgotten what it had stored: nobody can tell then, and that is said.
    return this.#truth.deletions === 0 && this.#truth.places(id).length === 0
  }

  /** Leaves nothing open. */
  async close(): Promise<void> {
    this.#actor?.stop()
    await settle(() => this.storage.held === 0, { describe: () => `${this.name} holds its slot.` })
    await this.#proxy.close()
  }

  get #running() {
    if (this.#actor === null) throw new Error('The reader is not open.')
    return this.#actor
  }

  async #restart(token: ResumeToken): Promise<void> {
    this.#running.stop()
    await settle(() => this.storage.held === 0, { describe: () => `${this.name} holds its slot.` })
    this.#begin(token)
  }

  #begin(resume: ResumeToken): void {
    const actor = this.create(resume)
    this.#actor = actor
    actor.on('message', ({ message }) => this.#hear(message.data))
    actor.on('gap', ({ gap }) => this.view.lose(gap, this.flow === 'flowing'))
    actor.on('error', ({ error }) => {
      if (!this.#errors().includes(error.code)) this.complaints.push(`${this.name} was told of ${error.code}`)
    })
    actor.start().send({ type: 'connect' })
  }

  private create(resume: ResumeToken) {
    return createActor(durableConnection, {
      input: {
        url: this.#url,
        via: this.via,
        onGap: this.policy,
        ...(this.policy === 'refetch' && { refetch: () => this.#refetch() }),
        producer: { storage: this.storage },
        resume,
        startPaused: this.flow === 'paused',
        environment: false,
        backoff,
        random: this.#random,
        retryBudget: 1_000_000,
      },
    })
  }

  /** What it may be told beside its records. */
  #errors(): readonly TransportErrorCode[] {
    return [
      ...(this.policy === 'fail' ? (['gap'] as const) : []),
      ...(this.storage.survives ? [] : (['outbox_lost'] as const)),
      // The stream was away just then; the one that came after it knows of no producer.
      ...(this.#truth.deletions > 0 ? (['http_status', 'send_failed', 'send_unconfirmed'] as const) : []),
    ]
  }

  /** Its snapshot of the whole is as good as the log up to here. */
  #refetch(): string {
    this.view.take(this.#truth.tail)
    return this.#truth.tailOffset
  }

  #hear(data: unknown): void {
    const { id } = data as { readonly id: string }
    if (this.flow === 'paused') this.complaints.push(`${this.name} was handed ${id} while it was paused`)
    this.view.hear(id)
  }

  #settle(sent: Sent, outcome: string): void {
    if (sent.outcome !== null) this.complaints.push(`${sent.id} was settled twice`)
    sent.outcome = outcome
    if (outcome === 'sent' && this.#truth.places(sent.id).length === 0)
      this.complaints.push(`${sent.id} was confirmed, and is not in the log`)
  }
}
