/**
 * The link of a stream that may change its carrier: it climbs to a better one while it lives on a lesser one, and no record is
 * lost or seen twice on the way.
 *
 * @module
 */
import { asTransportError, TransportError } from '../errors.ts'
import type { Bookmark, Deliver, Link, Message } from '../link.ts'
import type { DurableVia } from './durable-input.ts'
import { parsePlace } from './durable-position.ts'
import { DIED, isDeath, REFUSED, UNFIT, verdictOn } from './ladder-evidence.ts'
import { type Ladder, patience, Tap, type TapOwner } from './ladder-tap.ts'

/** A better carrier that no mark speaks against was passed over on a guess: it is tried soon, but not in the middle of the opening. */
const FIRST_PAUSE = 1_000

/** Between two climbs, whatever the marks say. */
const LEAST_PAUSE = 30_000

/** A better carrier opens beside a living one, so that it gets more time than in a dial. */
const CLIMB_TIMEOUT = 10_000

/** A poll is held back for 25 s by our server, for 30 by others: that is not silence. */
const LONGEST_POLL = 40_000

interface Reader {
  readonly deliver: Deliver
  readonly resolve: (more: boolean) => void
  readonly reject: (failure: TransportError) => void
}

export class LadderLink implements Link, TapOwner {
  /** Declared when the link is first read if it climbs to a carrier that can ask: see {@link LadderLink.read}. */
  ping?: () => void
  readonly #ladder: Ladder
  #active: Tap
  /** The lesser carrier, not read any more, until the better one is of use. */
  #spare: Tap | undefined
  /** The better carrier while it opens. */
  #candidate: Tap | undefined
  #reader: Reader | undefined
  #outcome: 'open' | 'ended' | TransportError = 'open'
  /** The place behind the last item handed over. */
  #position: string | null
  /** Records handed over, and how many they were when the place was taken from which the candidate begins. */
  #count = 0
  #countThen = 0
  /** Records are kept back: they could not be counted. */
  #holding = false
  #waiting = false
  #climbedAt: number

  constructor(ladder: Ladder, tap: Tap, position: string | null) {
    this.#ladder = ladder
    this.#position = position
    this.#climbedAt = ladder.memory.now()
    this.#active = tap
    tap.ownedBy(this)
    this.#stand(tap)
    if (this.#better().length === 0) this.#declarePing()
    this.#climbLater(FIRST_PAUSE)
  }

  /** What records come over now. Changes with the carrier, without a word. */
  get protocol(): string {
    return this.#active.link.protocol
  }

  get appendsAtOnce(): number | undefined {
    return this.#active.link.appendsAtOnce
  }

  #noticed: (error: TransportError) => void = () => {}
  readonly lost = new Promise<TransportError>((resolve) => {
    this.#noticed = resolve
  })

  readonly append: NonNullable<Link['append']> = (append) => this.#active.append(append)

  readonly read = (deliver: Deliver): Promise<boolean> => {
    // Only now, when the chart has noted whether the link can ask: an event stream cannot, and has longer to prove that it lives.
    this.#declarePing()
    return new Promise((resolve, reject) => {
      this.#reader = { deliver, resolve, reject }
      this.#go()
    })
  }

  readonly close = (code?: number, reason?: string): void => {
    if (this.#outcome !== 'open') return
    const { via, proved, outcome, heardAt } = this.#active
    const silence = this.#ladder.memory.now() - heardAt
    // Given up by the chart: it opened, and then nothing came, not even a heartbeat.
    if (!proved && outcome === 'open' && silence >= this.#patience()) this.#ladder.history.note(via, DIED)
    this.#finish(new TransportError('aborted', 'The link was closed.'), code, reason)
  }

  wants(tap: Tap): boolean {
    return tap === this.#active && this.#reader !== undefined && !this.#holding
  }

  give(item: Message | Bookmark): boolean {
    const reader = this.#reader
    if (reader === undefined) return false
    if (item.data !== undefined) this.#count++
    this.#position = item.position ?? this.#position
    if (reader.deliver(item)) return this.#reader !== undefined
    if (this.#reader === reader) {
      this.#reader = undefined
      reader.resolve(true)
    }
    return false
  }

  rested(tap: Tap): void {
    if (tap === this.#active) this.#go()
  }

  heard(tap: Tap): void {
    if (tap === this.#active) this.#ladder.request.heard()
  }

  proved({ via }: Tap): void {
    const { memory, history, origin } = this.#ladder
    memory.worked(origin, via)
    history.forget(via)
    this.#leaveSpare()
  }

  #leaveSpare(): void {
    this.#spare?.leave()
    this.#spare = undefined
  }

  #patience(): number {
    return patience(this.#ladder.request.heartbeatInterval)
  }

  /** The carriers above the one in use, the best first. */
  #better(): readonly DurableVia[] {
    const { rungs, history } = this.#ladder
    return rungs.slice(0, rungs.indexOf(this.#active.via)).filter((via) => history.isFit(via))
  }

  /** Hands over what there is, and reads on. */
  #go(): void {
    const tap = this.#active
    if (this.#outcome !== 'open') this.#tell()
    // Nobody reads, and would never hear of it.
    else if (this.#reader === undefined && tap.outcome instanceof TransportError) this.#noticed(tap.outcome)
    else if (this.#reader === undefined || this.#holding || !tap.handOver()) return
    else if (tap.outcome === 'open') tap.pull()
    else if (tap.outcome === 'ended') this.#finish('ended')
    else this.#broke(tap, tap.outcome)
  }

  #broke(tap: Tap, failure: TransportError): void {
    if (tap.proved) this.#finish(failure)
    else if (this.#spare !== undefined) this.#stepDown(tap, this.#spare)
    else this.#finish(this.#blamed(tap, failure))
  }

  /** The better carrier died before it brought a record: on with the lesser one, as if nothing had been. */
  #stepDown(tap: Tap, spare: Tap): void {
    const { memory, origin } = this.#ladder
    memory.failed(origin, tap.via)
    this.#spare = undefined
    tap.close()
    this.#stand(spare)
    this.#climbLater(LEAST_PAUSE)
    this.#go()
  }

  /** Notes what a link that was of no use says about its carrier, and returns what the chart is to know. */
  #blamed({ via }: Tap, failure: TransportError): TransportError {
    const { history, rungs } = this.#ladder
    if (isDeath(failure)) history.note(via, DIED)
    if (verdictOn(via, failure, true) !== 'refused') return failure
    history.note(via, REFUSED)
    // Final for this carrier only: the next dial takes another one, if there is one left.
    if (rungs.every((other) => history.isOut(other))) return failure
    return new TransportError('interrupted', failure.message, { cause: failure })
  }

  #finish(outcome: 'ended' | TransportError, code?: number, reason?: string): void {
    this.#outcome = outcome
    this.#candidate?.abort()
    this.#active.close(code, reason)
    this.#spare?.close()
    this.#tell()
  }

  #tell(): void {
    const reader = this.#reader
    this.#reader = undefined
    if (this.#outcome === 'ended') reader?.resolve(false)
    else if (this.#outcome !== 'open') reader?.reject(this.#outcome)
  }

  #stand(tap: Tap): void {
    this.#active = tap
    void tap.link.lost?.then((error) => {
      if (this.#active === tap) this.#noticed(error)
    })
    if (tap.proved) this.proved(tap)
    if (tap.via === 'long-poll' && Number.isFinite(this.#ladder.request.heartbeatInterval)) void this.#vouch(tap)
  }

  /** A poll that is held back is heard of only when it is answered: until then we speak for it. */
  async #vouch(tap: Tap): Promise<void> {
    const { request, memory } = this.#ladder
    while (this.#outcome === 'open' && this.#active === tap) {
      if (memory.now() - tap.heardAt < LONGEST_POLL) request.heard()
      await request.delay(request.heartbeatInterval / 2)
    }
  }

  #declarePing(): void {
    if (this.#better().length === 0 && this.#active.link.ping === undefined) return
    this.ping ??= () => this.#doubted()
  }

  /** Asked for a sign of life: by routine after some silence, or because the network changed or the page woke up. */
  #doubted(): void {
    const { memory } = this.#ladder
    this.#active.link.ping?.()
    const silence = memory.now() - this.#active.heardAt
    const routine = silence >= this.#patience() * 0.9 && silence < this.#patience() * 2
    if (routine || memory.now() - this.#climbedAt < CLIMB_TIMEOUT) return
    void this.#climb(true)
  }

  #climbLater(least: number): void {
    const { memory, origin, request } = this.#ladder
    const better = this.#better()
    if (this.#waiting || better.length === 0 || this.#outcome !== 'open') return
    this.#waiting = true
    const marked = Math.min(...better.map((via) => memory.barred(origin, via)))
    // Spread: those who fell together must not climb together.
    void request.delay(Math.max(least, marked) * (1 + memory.random() / 4)).then(async () => {
      // Alive for so long without a record or a promised heartbeat: no proof will come.
      this.#leaveSpare()
      await this.#climb(false)
      this.#waiting = false
      this.#climbLater(LEAST_PAUSE)
    })
  }

  /** Tries what is better than the carrier in use, the best first, until one opens. */
  async #climb(doubted: boolean): Promise<void> {
    const { memory, origin, request } = this.#ladder
    for (const via of this.#better()) {
      if (this.#outcome !== 'open' || this.#candidate !== undefined || this.#spare !== undefined) return
      if (!doubted && memory.barred(origin, via) > 0) continue
      if (this.#position === null || request.spend() > 0) return
      if (!(await this.#failed(via, this.#position))) return
    }
  }

  /** Opens a better carrier beside the active one. `true` when it failed, and by its own fault. */
  async #failed(via: DurableVia, position: string): Promise<boolean> {
    const { memory, history, origin, request } = this.#ladder
    const tap = new Tap(via, this.#ladder)
    let late = false
    this.#climbedAt = memory.now()
    this.#candidate = tap
    this.#countThen = this.#count
    this.#holding = !this.#active.countable || via === 'long-poll'
    tap.ownedBy(this)
    void request.delay(CLIMB_TIMEOUT).then(() => {
      late = this.#candidate === tap
      if (late) tap.abort()
    })
    try {
      const reset = await tap.open(parsePlace(position), position)
      if (reset === undefined) this.#stepUp(tap)
      return false
    } catch (thrown) {
      const verdict = late ? 'missed' : verdictOn(via, asTransportError(thrown), tap.answered)
      if (verdict === 'said') return false
      if (verdict === 'unfit') history.note(via, UNFIT)
      else memory.failed(origin, via)
      return true
    } finally {
      this.#candidate = undefined
      this.#holding = false
      this.#go()
    }
  }

  #stepUp(tap: Tap): void {
    if (this.#outcome !== 'open') {
      tap.close()
      return
    }
    // The records that came while it opened.
    tap.skip = this.#count - this.#countThen
    this.#spare = this.#active
    this.#stand(tap)
  }
}
