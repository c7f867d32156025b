/**
 * Brings what is in one slot into the stream: several appends on their way at once, each repeated under its own number until the
 * server has said what became of it. It outlives links.
 *
 * @module
 */
import { asTransportError, TransportError, type TransportErrorCode } from '../errors.ts'
import type { AppendAnswer, Link } from '../link.ts'
import { copied } from '../transports/durable-append.ts'
import type { Draft } from './drafts.ts'
import { Entries, type Entry } from './entries.ts'
import { Overdue } from './overdue.ts'
import { Pause, type PauseOptions } from './pause.ts'
import type { RefusedPolicy } from './producer-options.ts'
import { SerialWork } from './serial-work.ts'
import type { OutboxSlot, ProducerIdentity } from './storage.ts'

export interface PipelineOptions extends PauseOptions {
  readonly onRefused: RefusedPolicy
  /** Gets a new credential; `undefined` where the app has no way to. */
  readonly authorize: (() => Promise<unknown>) | undefined
  /** Whether the slot's storage outlives this page or process. */
  readonly survives: boolean
  /** Tells the app what belongs to no `send()` that still waits. */
  report(error: TransportError): void
  /** Nothing waits any more. */
  drained(): void
}

type Phase =
  | { readonly kind: 'open' }
  /** The slot gets another epoch; until that is kept, nothing goes out. */
  | { readonly kind: 'renumbering' }
  /** Nothing goes out any more. What waits stays in the slot. */
  | { readonly kind: 'halted'; readonly error: TransportError }
  | { readonly kind: 'closed'; readonly error: TransportError }

/** Nothing of a producer is taken any more, whoever has its slot. */
const BARRED: ReadonlySet<string> = new Set(['producer_fenced', 'producer_owned'] satisfies TransportErrorCode[])

/** Beyond so many unacknowledged appends of its own the outbox in front waits, and what it holds leaves in larger ones. */
const MOST_WAITING = 128

export class Pipeline {
  readonly #slot: OutboxSlot
  readonly #options: PipelineOptions
  readonly #entries: Entries
  readonly #storing = new SerialWork()
  readonly #pause: Pause
  readonly #overdue: Overdue
  #producer: ProducerIdentity
  #phase: Phase = { kind: 'open' }
  #link: Link | null = null
  #flying = 0
  /** The server has stored something of this epoch. Before that it takes nothing but the first number. */
  #proven = false
  #credential: 'good' | 'renewing' | 'renewed' = 'good'
  #acknowledged = -1
  #waitingForRoom: (() => void)[] = []

  constructor(slot: OutboxSlot, options: PipelineOptions) {
    this.#slot = slot
    this.#options = options
    this.#producer = slot.producer
    this.#entries = new Entries(slot.batches, slot.next)
    this.#pause = new Pause(options, () => this.#pump())
    this.#overdue = new Overdue(options.clock, () => this.#giveUpWaiting())
  }

  /** Who appends, and with which number next. */
  get producer(): ProducerIdentity & { readonly sequence: number; readonly waiting: number } {
    return { ...this.#producer, sequence: this.#entries.next, waiting: this.#entries.length }
  }

  /** How many records wait that nobody of this life has sent. */
  get inherited(): number {
    return this.#entries.inherited
  }

  /** Numbers and keeps a draft. Its items are settled when the server has stored it, or never will. */
  enqueue(draft: Draft): Promise<void> | undefined {
    return this.#storing.run(() => this.#keep(draft))
  }

  /** Resolves when more may be enqueued. */
  async room(): Promise<void> {
    while (this.#entries.own >= MOST_WAITING && this.#isAlive())
      await new Promise<void>((resolve) => this.#waitingForRoom.push(resolve))
  }

  /** A link is up, or gone. */
  through(link: Link | null): void {
    if (link === this.#link) return
    this.#link = link
    this.#flying = 0
    this.#entries.recall()
    this.#pause.endOwn()
    this.#pump()
  }

  /** Settles whatever waits, and gives the slot up with it. */
  async close(error: TransportError): Promise<void> {
    if (this.#phase.kind === 'closed') return
    const barred = this.#phase.kind === 'halted' && BARRED.has(this.#phase.error.code)
    this.#phase = { kind: 'closed', error }
    this.#pause.end()
    this.#overdue.end()
    this.#entries.clear((entry) => this.#unfinished(entry, error))
    this.#makeRoom()
    // What is still said of those under way is nobody's any more.
    this.#link = null
    await this.#storing.settled()
    // Whoever had it next would meet the same refusal, with new messages behind it.
    if (barred && this.#slot.bury !== undefined) await this.#slot.bury()
    else await this.#slot.release()
  }

  #isAlive(): boolean {
    return this.#phase.kind === 'open' || this.#phase.kind === 'renumbering'
  }

  async #put(draft: Draft): Promise<void> {
    const batch = { sequence: this.#entries.next, records: draft.records }
    try {
      const kept = this.#slot.put(batch)
      if (kept !== undefined) await kept
    } catch (cause) {
      settle(draft, asTransportError(cause, 'outbox_failed', 'The outbox could not keep the message.'))
      return
    }
    const entry = this.#entries.add(batch, draft.items)
    if (this.#isAlive()) this.#pump()
    else this.#entries.clear(() => this.#unfinished(entry, this.#endedBy()))
  }

  #keep(draft: Draft): Promise<void> | undefined {
    if (this.#isAlive()) return this.#put(draft)
    settle(draft, this.#endedBy())
    return undefined
  }

  #endedBy(): TransportError {
    return 'error' in this.#phase ? this.#phase.error : new TransportError('aborted', 'The connection was closed.')
  }

  /** What an item is told whose append is given up by this connection. */
  #unfinished(entry: Entry, error: TransportError): TransportError {
    if (this.#options.survives)
      return unconfirmed('The connection ended first; the message stays in the outbox and is sent by the next one.')
    return entry.flight === null && !entry.doubtful
      ? error
      : unconfirmed('The connection ended before the server confirmed; the message may have arrived.')
  }

  /** Sends what may go out. */
  #pump(): void {
    const link = this.#link
    if (link === null || this.#phase.kind !== 'open' || this.#pause.isOn) return
    const atOnce = this.#proven ? (link.appendsAtOnce ?? 1) : 1
    for (const entry of this.#entries.sendable()) {
      if (this.#flying >= atOnce) return
      this.#fly(link, entry)
    }
  }

  #fly(link: Link, entry: Entry): void {
    // An answer of "too early" is about the moment it flew: later on, what was missing may have come.
    const flight = { first: this.#entries.isFirst(entry), met: false }
    const producer = { ...this.#producer, sequence: entry.batch.sequence }
    const land = (then: () => void): void => {
      // Another link, or another epoch: what this one says is not about the entry as it is now.
      if (entry.flight !== flight || this.#phase.kind === 'closed') return
      entry.flight = null
      this.#flying -= 1
      then()
      this.#passRefused()
      this.#pump()
    }
    entry.flight = flight
    this.#flying += 1
    this.#overdue.watch()
    const answer =
      link.append?.({ producer, records: entry.batch.records }) ??
      Promise.resolve<AppendAnswer>({
        kind: 'barred',
        error: new TransportError('unsupported', 'This transport cannot append under a number.'),
      })
    answer.then(
      (said) => land(() => this.#take(entry, said, flight.first)),
      () =>
        land(() => {
          entry.doubtful = true
          this.#pause.begin()
        }),
    )
  }

  /** What nobody answers is sent again, under its number. */
  #giveUpWaiting(): 'nothing' | 'waiting' | 'overdue' {
    const { overdue, flying } = this.#entries.lookAround()
    this.#flying = flying
    if (overdue === 0) return flying === 0 ? 'nothing' : 'waiting'
    this.#pause.begin()
    return 'overdue'
  }

  #take(entry: Entry, answer: AppendAnswer, wasFirst: boolean): void {
    switch (answer.kind) {
      case 'stored':
        if (answer.differs === true) this.#halt(copied())
        else this.#confirm(entry.batch.sequence)
        break
      case 'early':
        this.#early(entry, answer.expected, wasFirst)
        break
      case 'later':
        this.#pause.begin(answer.retryAfterMs)
        break
      case 'unauthorized':
        this.#renew(answer.error)
        break
      case 'refused':
        this.#refuse(entry, answer.error, answer.doubtful === true)
        break
      case 'barred':
        this.#halt(answer.error)
        break
    }
  }

  #refuse(entry: Entry, error: TransportError, doubtful: boolean): void {
    if (!doubtful || entry.suspected) entry.refusal = error
    else this.#pause.begin()
    entry.suspected = true
  }

  /** Everything up to this number is in the stream. */
  #confirm(sequence: number): void {
    this.#proven = true
    this.#credential = 'good'
    this.#pause.startOver()
    this.#overdue.startOver()
    if (this.#entries.confirm(sequence)) this.#confirmed(sequence)
  }

  #confirmed(sequence: number): void {
    this.#forget(sequence)
    this.#makeRoom()
    if (this.#entries.length === 0) this.#options.drained()
  }

  #early(entry: Entry, expected: number, wasFirst: boolean): void {
    if (expected > this.#entries.next) {
      // Numbers of ours that we never gave away.
      this.#halt(copied())
      return
    }
    if (this.#entries.confirm(expected - 1)) this.#confirmed(expected - 1)
    if (!wasFirst) entry.parked = true
    else if (expected < entry.batch.sequence) this.#startAgain()
    else this.#pause.begin()
  }

  /** The server has forgotten what it once confirmed: this epoch can never go on there. */
  #startAgain(): void {
    const forgot = unconfirmed('The server has forgotten this producer; the message may have arrived before.')
    const doubtful = this.#entries.takeDoubtful()
    for (const { items } of doubtful) for (const item of items) item.settle(forgot)
    if (doubtful.length > 0) this.#options.report(forgot)
    this.#renumber()
  }

  /** An append that is refused for ever holds up those behind it: they go on under numbers of a new epoch. */
  #passRefused(): void {
    const refusal = this.#phase.kind === 'open' ? this.#entries.first?.refusal : undefined
    if (refusal === undefined || refusal === null) return
    if (this.#options.onRefused === 'stop') {
      this.#halt(refusal)
      return
    }
    const refused = this.#entries.takeFirst()
    for (const item of refused?.items ?? []) item.settle(refusal)
    if (refused?.items.length === 0) this.#options.report(refusal)
    this.#renumber()
  }

  /**
   * A new epoch rather than new numbers of the old one: a repetition that is still on its way somewhere would otherwise be taken
   * for the append that has its number now.
   */
  #renumber(): void {
    this.#phase = { kind: 'renumbering' }
    this.#producer = { id: this.#producer.id, epoch: this.#producer.epoch + 1 }
    this.#acknowledged = -1
    this.#proven = false
    this.#flying = 0
    this.#entries.recall()
    void this.#storing.run(async () => {
      const batches = this.#entries.renumber()
      try {
        await this.#slot.renumber(this.#producer.epoch, batches)
        if (this.#phase.kind === 'renumbering') this.#phase = { kind: 'open' }
      } catch (cause) {
        this.#halt(asTransportError(cause, 'outbox_failed', 'The outbox could not be renumbered.'))
      }
      if (this.#entries.length === 0) this.#options.drained()
      this.#makeRoom()
      this.#pump()
    })
  }

  /** Nothing more of this producer is sent; what waits stays where it is kept. */
  #halt(error: TransportError): void {
    if (!this.#isAlive()) return
    this.#phase = { kind: 'halted', error }
    this.#pause.end()
    this.#overdue.end()
    this.#entries.clear(() => error)
    this.#options.report(error)
    this.#makeRoom()
    this.#options.drained()
  }

  #renew(refusal: TransportError): void {
    const { authorize } = this.#options
    if (authorize === undefined || this.#credential !== 'good') {
      // One that was asked for a moment ago may be on its way; of a new one no other answer is to be expected.
      if (this.#credential !== 'renewing') this.#halt(refusal)
      return
    }
    this.#credential = 'renewing'
    this.#pause.hold()
    authorize().then(
      () => {
        this.#credential = 'renewed'
        this.#pause.end()
        this.#pump()
      },
      (cause: unknown) =>
        this.#halt(new TransportError('authorize_failed', 'The credential could not be renewed.', { cause })),
    )
  }

  /** Late is harmless: what is repeated after a crash is stored once. So one write serves all that came meanwhile. */
  #forget(sequence: number): void {
    if (!this.#options.survives) return
    const pending = this.#acknowledged >= 0
    this.#acknowledged = sequence
    if (pending) return
    void this.#storing.run(async () => {
      const through = this.#acknowledged
      this.#acknowledged = -1
      if (through < 0) return
      try {
        await this.#slot.acknowledge(through)
      } catch (cause) {
        this.#options.report(asTransportError(cause, 'outbox_failed', 'The outbox could not be emptied.'))
      }
    })
  }

  #makeRoom(): void {
    const waiting = this.#waitingForRoom
    this.#waitingForRoom = []
    for (const resolve of waiting) resolve()
  }
}

function settle({ items }: Draft, error: TransportError): void {
  for (const item of items) item.settle(error)
}

function unconfirmed(sentence: string): TransportError {
  return new TransportError('send_unconfirmed', sentence, { repeatable: false })
}
