/**
 * Sends to a durable stream so that everything is stored once and in order, whatever happens to the network: an outbox in front,
 * which bounds and encodes, and behind it a pipeline, which numbers, keeps and repeats.
 *
 * @module
 */
import { defaultBackoff } from '../connection/backoff.ts'
import { Outbox } from '../connection/outbox.ts'
import { renewal } from '../connection/renewal.ts'
import type { QueueOptions, SendOptions, SendQueue } from '../connection/send-queue.ts'
import type { ConnectionInput } from '../connection/settings.ts'
import { asTransportError, TransportError } from '../errors.ts'
import type { Link, Outgoing } from '../link.ts'
import { resolveUrl } from '../transports/request-url.ts'
import { draftsOf, type RecordKind } from './drafts.ts'
import { memoryStorage } from './memory-storage.ts'
import { Pipeline, type PipelineOptions } from './pipeline.ts'
import { checkProducer, type ProducerOptions } from './producer-options.ts'
import { mayHold } from './queue-kind.ts'
import { producerIn, type ResumeToken } from './resume-token.ts'
import type { OutboxSlot, OutboxStorage } from './storage.ts'

/** The part of a durable stream's input that sending needs. */
interface ProducerInput extends ConnectionInput {
  readonly url: string | URL
  readonly records?: RecordKind | undefined
  readonly producer?: ProducerOptions | undefined
  readonly resume?: ResumeToken | undefined
}

export class Producer implements SendQueue {
  readonly #input: ProducerInput
  readonly #storage: OutboxStorage
  readonly #options: QueueOptions
  readonly #outbox: Outbox
  /** The outbox's idea of a link: it takes what is numbered, at any time or while a link is up. */
  readonly #sink = { write: (batch: readonly Outgoing[]) => this.#write(batch) }
  #claim: Promise<Pipeline> | null = null
  #pipeline: Pipeline | null = null
  /** Of owners that died: emptied, and given back. */
  readonly #inherited = new Set<Pipeline>()
  #stopInheriting: (() => void) | null = null
  #link: Link | null = null
  #end: TransportError | null = null
  onDrained: () => void = () => {}

  constructor(options: QueueOptions) {
    const { clock, encode, input } = options
    this.#options = options
    this.#input = input as ProducerInput
    checkProducer(this.#input.producer)
    this.#storage = this.#input.producer?.storage ?? memoryStorage
    this.#outbox = new Outbox(encode, input.outbox, clock)
    this.#outbox.onDrained = () => this.#drained()
    // What is to survive the page is kept at once, connected or not.
    if (this.#storage.survives) this.#outbox.attach(this.#sink)
  }

  get queued(): number {
    return this.#outbox.queued + (this.#pipeline?.inherited ?? 0)
  }

  get queuedBytes(): number {
    return this.#outbox.queuedBytes
  }

  get sent(): number {
    return this.#outbox.sent
  }

  get producer(): SendQueue['producer'] {
    return this.#pipeline?.producer
  }

  send(data: unknown, options?: SendOptions): Promise<void> {
    return this.#outbox.send(data, options)
  }

  attach(link: Link): void {
    this.#link = link
    this.#route()
    this.#outbox.attach(this.#sink)
    if (mayHold(this.#input)) this.#opened().catch((error: TransportError) => this.#options.report(error))
  }

  detach(): void {
    this.#link = null
    this.#route()
    if (!this.#storage.survives) this.#outbox.rest()
  }

  close(): void {
    this.#outbox.close()
  }

  clear(error: TransportError): void {
    this.#end = error
    this.#stopInheriting?.()
    this.#outbox.clear(error)
    for (const pipeline of this.#pipelines()) void pipeline.close(error)
  }

  *#pipelines(): Generator<Pipeline> {
    if (this.#pipeline !== null) yield this.#pipeline
    yield* this.#inherited
  }

  #route(): void {
    for (const pipeline of this.#pipelines()) pipeline.through(this.#link)
  }

  #drained(): void {
    if (this.queued === 0) this.onDrained()
  }

  async #write(batch: readonly Outgoing[]): Promise<void> {
    const pipeline = await this.#opened()
    for (const draft of draftsOf(batch, this.#input.records ?? 'json')) await pipeline.enqueue(draft)
    await pipeline.room()
  }

  #opened(): Promise<Pipeline> {
    this.#claim ??= this.#open().catch((thrown: unknown) => {
      // The next one asks again: a full disk may be emptied, a locked database let go.
      this.#claim = null
      throw asTransportError(thrown, 'outbox_failed', 'The outbox could not be opened.')
    })
    return this.#claim
  }

  async #open(): Promise<Pipeline> {
    const { origin, pathname } = resolveUrl(this.#input.url)
    const stream = origin + pathname
    const wanted = producerIn(this.#input.resume) ?? undefined
    const slot = await this.#storage.claim(stream, wanted)
    const pipeline = this.#pipelineOf(slot, () => this.#drained())
    if (this.#end !== null) {
      await pipeline.close(this.#end)
      throw this.#end
    }
    if (slot.found === 'lost' && wanted !== undefined && wanted.waiting > 0) this.#options.report(outboxLost())
    this.#pipeline = pipeline
    pipeline.through(this.#link)
    this.#stopInheriting = this.#storage.inherit?.(stream, (left) => this.#inherit(left)) ?? null
    return pipeline
  }

  #inherit(slot: OutboxSlot): void {
    const pipeline = this.#pipelineOf(slot, () => {
      this.#inherited.delete(pipeline)
      void pipeline.close(outboxLost())
    })
    if (this.#end !== null) return void pipeline.close(this.#end)
    this.#inherited.add(pipeline)
    pipeline.through(this.#link)
  }

  #pipelineOf(slot: OutboxSlot, drained: () => void): Pipeline {
    const { authorize, backoff, producer: { onRefused = 'skip' } = {}, random = Math.random } = this.#input
    const options: PipelineOptions = {
      onRefused,
      backoff: { ...defaultBackoff, ...backoff },
      clock: this.#options.clock,
      random,
      authorize: authorize && (() => renewal(authorize)),
      survives: this.#storage.survives,
      report: (error) => this.#options.report(error),
      drained,
    }
    return new Pipeline(slot, options)
  }
}

function outboxLost(): TransportError {
  return new TransportError('outbox_lost', 'What waited to be sent is gone; some of it may have been stored.')
}
