/**
 * Which carrier a stream is read over, when several may be: the best one that works, found within one dial (wire.md 2.4).
 *
 * @module
 */
import { asTransportError, TransportError } from '../errors.ts'
import type { DialRequest } from '../link.ts'
import { FROM_NOW, FROM_START } from '../wire/offset.ts'
import type { Opened } from './durable-http.ts'
import type { DurableInput, DurableVia } from './durable-input.ts'
import { formatPlace, type Place } from './durable-position.ts'
import { historyOf, MISSED, REFUSED, UNFIT, verdictOn } from './ladder-evidence.ts'
import { LadderLink } from './ladder-link.ts'
import { sharedMemory } from './ladder-memory.ts'
import { type Carry, type Ladder, Tap } from './ladder-tap.ts'
import { resolveUrl } from './request-url.ts'
import { payFor } from './spend.ts'

/** After so many milliseconds without an opening the next carrier is tried beside it, as RFC 8305 does with addresses. */
const STAGGER = 2_000

/** A dial that was given up sooner says nothing about the carriers it was still waiting for. */
const LEAST_PATIENCE = 1_000

/** What to climb, the best carrier first. */
export interface LadderPlan {
  readonly rungs: readonly DurableVia[]
  readonly input: DurableInput
  readonly request: DialRequest
  readonly carry: Carry
}

/** Opens a stream over the best carrier that opens. Rejects as the least one does, or as the one that spoke for all. */
export async function openLadder(plan: LadderPlan, place: Place): Promise<Opened> {
  const { input } = plan
  const { origin } = resolveUrl(input.url)
  const ladder: Ladder = { ...plan, origin, memory: input.ladder ?? sharedMemory, history: historyOf(input) }
  return new Descent(ladder, place).opened
}

/** The carriers in the order in which this dial tries them: what seems to work first, the rest as a last resort. */
function orderOf({ rungs, origin, memory, history }: Ladder): readonly DurableVia[] {
  const fit = rungs.filter((via) => history.isFit(via))
  const unbarred = fit.filter((via) => memory.barred(origin, via) === 0)
  // All of them out: it is the server that was down, or the network.
  if (unbarred.every((via) => history.isOut(via))) for (const via of unbarred) history.forget(via)
  const first = unbarred.filter((via) => !history.isOut(via))
  return [...first, ...fit.filter((via) => !first.includes(via))]
}

/** A mark is no position to come back to. */
function positionOf(place: Place): string | null {
  return place.offset === FROM_START || place.offset === FROM_NOW ? null : formatPlace(place)
}

class Descent {
  readonly opened: Promise<Opened>
  readonly #ladder: Ladder
  readonly #place: Place
  readonly #order: readonly DurableVia[]
  readonly #trying = new Set<Tap>()
  readonly #begun: number
  #next = 0
  /** The dial has paid for one request. */
  #paid = 1
  #over = false
  /** What the least carrier was refused with: it needs the least of those between, so that its failure is the stream's own. */
  #refusal = { rank: -1, failure: new TransportError('unsupported', 'None of the carriers can be used here.') }
  #resolve: (opened: Opened) => void = () => {}
  #reject: (failure: TransportError) => void = () => {}

  constructor(ladder: Ladder, place: Place) {
    this.#ladder = ladder
    this.#place = place
    this.#order = orderOf(ladder)
    this.#begun = ladder.memory.now()
    this.opened = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    const { signal } = ladder.request
    if (signal.aborted) this.#abort()
    else signal.addEventListener('abort', this.#abort)
    this.#tryNext()
  }

  /** Tries the next carrier. When there is none left, and none on its way, the dial has failed. */
  #tryNext(): void {
    if (this.#over) return
    const via = this.#order[this.#next]
    if (via !== undefined && this.#affords()) {
      const mine = ++this.#next
      const tap = new Tap(via, this.#ladder)
      this.#trying.add(tap)
      tap.open(this.#place, this.#ladder.request.position).then(
        (reset) => this.#won(tap, reset === undefined ? undefined : { reset }),
        (thrown: unknown) => this.#lost(tap, asTransportError(thrown)),
      )
      void this.#ladder.request.delay(STAGGER).then(() => {
        // Unless its failure has brought the next one on already.
        if (this.#next === mine && mine < this.#order.length) this.#tryNext()
      })
    } else if (this.#trying.size === 0) this.#fail(this.#refusal.failure)
  }

  /** `false` when another one is under way and nothing may be sent now; fails the dial when none is. */
  #affords(): boolean {
    try {
      if (this.#paid === 0) payFor(this.#ladder.request.spend, 'The next carrier was not tried')
      this.#paid = 0
      return true
    } catch (thrown) {
      if (this.#trying.size === 0) this.#fail(asTransportError(thrown))
      return false
    }
  }

  #lost(tap: Tap, failure: TransportError): void {
    this.#trying.delete(tap)
    if (this.#over) return
    const { via } = tap
    const { history, rungs } = this.#ladder
    const verdict = verdictOn(via, failure, tap.answered)
    const last = via === this.#order[this.#next - 1]
    if (verdict === 'unfit' || verdict === 'refused') {
      history.note(via, verdict === 'unfit' ? UNFIT : REFUSED)
      if (verdict === 'unfit') this.#paid = 1
      const rank = rungs.indexOf(via)
      if (rank > this.#refusal.rank) this.#refusal = { rank, failure }
      if (last || this.#trying.size === 0) this.#tryNext()
      return
    }
    if (verdict === 'missed') history.note(via, MISSED)
    // Others may open yet, unless they would be told the same.
    const final = verdict === 'said' && failure.code !== 'budget_spent'
    if (final || this.#trying.size === 0) this.#fail(failure)
  }

  #won(tap: Tap, answer: Opened | undefined): void {
    if (this.#over) {
      tap.close()
      return
    }
    this.#trying.delete(tap)
    const { rungs, origin, memory, history } = this.#ladder
    const tried = this.#order.slice(0, this.#next)
    this.#end()
    if (answer !== undefined) {
      this.#resolve(answer)
      return
    }
    for (const via of rungs.slice(0, rungs.indexOf(tap.via))) {
      if (tried.includes(via) && history.isFit(via)) memory.failed(origin, via)
    }
    this.#resolve({ link: new LadderLink(this.#ladder, tap, positionOf(this.#place)) })
  }

  #fail(failure: TransportError): void {
    this.#end()
    this.#reject(failure)
  }

  readonly #abort = (): void => {
    const { memory, history } = this.#ladder
    const waited = memory.now() - this.#begun >= LEAST_PATIENCE
    for (const { via } of this.#trying) if (waited) history.note(via, MISSED)
    this.#fail(new TransportError('aborted', 'The attempt was given up.'))
  }

  #end(): void {
    this.#over = true
    this.#ladder.request.signal.removeEventListener('abort', this.#abort)
    for (const tap of this.#trying) tap.abort()
  }
}
