/**
 * A tab that follows: what its leader reads is its stream, what it sends goes to its leader.
 *
 * @module
 */
import { TransportError } from '../errors.ts'
import type { Deliver, DialRequest, Link } from '../link.ts'
import type { Seat } from './election.ts'
import { handedOver, revive } from './error-facts.ts'
import { FollowerRequests } from './follower-requests.ts'
import type { Entry, FollowerFrame, LeaderFrame } from './frames.ts'
import { whenFree } from './locks.ts'
import type { Membership } from './membership.ts'
import { copyOf, type Ring } from './ring.ts'

/** The leader hears of what was taken at the latest after so many entries. */
const TAKEN_EVERY = 64

/** More than any leader sends ahead. */
const MOST_WAITING = 1_024

type Said = FollowerFrame extends infer Frame ? (Frame extends FollowerFrame ? Omit<Frame, 'leader'> : never) : never

interface Reader {
  readonly deliver: Deliver
  resolve(more: boolean): void
  reject(error: TransportError): void
}

export interface FollowOptions {
  readonly member: Membership
  readonly ring: Ring
  readonly seat: Extract<Seat, { kind: 'follower' }>
  /** After so much silence the leader is asked whether it is there, in ms. */
  readonly silence: number
  /** So long it may take to answer, in ms. */
  readonly patience: number
}

class Follower {
  readonly #request: DialRequest
  readonly #options: FollowOptions
  readonly requests: FollowerRequests
  readonly #gone = new AbortController()
  /** What came and was not handed over yet; those before `#next` were. */
  #waiting: Entry[] = []
  #next = 0
  #taken = 0
  #told = 0
  #reader: Reader | null = null
  #ending: 'open' | 'ended' | TransportError = 'open'
  #heardAt: number
  #timer: unknown
  #notice: (error: TransportError) => void = () => {}
  readonly lost = new Promise<TransportError>((resolve) => {
    this.#notice = resolve
  })

  constructor(request: DialRequest, options: FollowOptions) {
    const { member, ring, seat } = options
    const { clock, locks } = member.platform
    this.#request = request
    this.#options = options
    this.#heardAt = clock.now()
    this.requests = new FollowerRequests((asked) => this.say(asked))
    ring.continueFrom(request.position)
    if (seat.position !== null) {
      this.#waiting.push({ position: seat.position })
      // The leader counts what it sends as entries.
      this.#taken = -1
    }
    member.hall.listen((frame) => {
      if (frame.type === 'leading') this.#end(handedOver('Another tab leads from now on.'))
    })
    member.line.listen((frame) => this.#hear(frame))
    whenFree(locks, member.lineOf(seat.leader), this.#gone.signal, () => {
      this.#end(handedOver('The tab that led is gone.'))
    })
    this.#watch()
  }

  say(said: Said): void {
    const { member, seat } = this.#options
    member.line.post({ ...said, leader: seat.leader } as FollowerFrame)
  }

  read(deliver: Deliver): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#reader = { deliver, resolve, reject }
      this.#pass()
    })
  }

  close(): void {
    this.#end(new TransportError('aborted', 'The link was closed.'))
  }

  #hear(frame: LeaderFrame): void {
    const { leader } = this.#options.seat
    if (frame.leader !== leader) {
      // Two answered, for a moment: the other one need not send anything.
      if (frame.type === 'welcome') this.#options.member.line.post({ type: 'leave', leader: frame.leader })
      return
    }
    this.#heardAt = this.#options.member.platform.clock.now()
    switch (frame.type) {
      case 'entries':
        this.#request.heard()
        for (const entry of frame.entries) this.#waiting.push(entry)
        this.#pass()
        if (this.#waiting.length - this.#next > MOST_WAITING) this.#end(handedOver('Too much came at once.'))
        break
      case 'heard':
        this.#request.heard()
        this.#tell()
        break
      case 'floor':
        this.#request.retryFloor(frame.milliseconds)
        break
      case 'ended':
        this.#end('ended')
        break
      case 'lost':
        this.#end(revive(frame.error))
        break
      case 'left':
        this.#end(handedOver('Another tab leads from now on.'))
        break
      default:
        this.requests.hear(frame)
    }
  }

  /** Hands over what waits, and how it ended after that. */
  #pass(): void {
    const reader = this.#reader
    if (reader === null) return
    let room = true
    while (room && this.#next < this.#waiting.length) {
      const entry = this.#waiting[this.#next++]
      if (entry !== undefined) room = this.#handOver(entry, reader.deliver)
      if (++this.#taken - this.#told >= TAKEN_EVERY) this.#tell()
    }
    if (this.#next === this.#waiting.length) {
      this.#waiting = []
      this.#next = 0
      if (this.#taken > this.#told) this.#tell()
    }
    if (room && this.#ending === 'open') return
    this.#reader = null
    if (!room) reader.resolve(true)
    else if (this.#ending === 'ended') reader.resolve(false)
    else if (this.#ending !== 'open') reader.reject(this.#ending)
  }

  #handOver(entry: Entry, deliver: Deliver): boolean {
    this.#options.ring.push(copyOf(entry))
    if (!('gap' in entry)) return deliver(entry)
    this.#request.gap(entry.gap)
    return true
  }

  #tell(): void {
    this.#told = Math.max(0, this.#taken)
    this.say({ type: 'taken', count: this.#told })
  }

  #end(how: 'ended' | TransportError): void {
    if (this.#ending !== 'open') return
    this.#ending = how
    const { member } = this.#options
    this.say({ type: 'leave' })
    this.#gone.abort()
    member.platform.clock.clearTimeout(this.#timer)
    member.leave()
    this.requests.end(how === 'ended' ? handedOver('The stream has ended.') : how)
    if (this.#reader === null && how !== 'ended') this.#notice(how)
    this.#pass()
  }

  /** A leader that says nothing for long is asked; one that does not answer either is frozen, and left. */
  #watch(): void {
    const { member, silence, patience } = this.#options
    const { clock } = member.platform
    const begun = clock.now()
    this.#timer = clock.setTimeout(() => {
      if (this.#heardAt > begun) {
        this.#watch()
        return
      }
      const asked = clock.now()
      this.say({ type: 'probe' })
      this.#timer = clock.setTimeout(() => {
        // Who has slept itself, or whose timers are throttled, cannot say that another was silent.
        if (this.#heardAt >= asked || clock.now() - asked >= 2 * patience) this.#watch()
        else this.#end(handedOver('The tab that leads does not answer.'))
      }, patience)
    }, silence)
  }
}

/** The link of a tab that was welcomed. */
export function follow(request: DialRequest, options: FollowOptions): Link {
  const { protocol, write, ping, appends } = options.seat.abilities
  const follower = new Follower(request, options)
  return {
    protocol: `tabs:${protocol}`,
    read: (deliver) => follower.read(deliver),
    ...(write && { write: (batch) => follower.requests.write(batch) }),
    ...(appends > 0 && { append: (append) => follower.requests.append(append), appendsAtOnce: appends }),
    ...(ping && { ping: () => follower.say({ type: 'ping' }) }),
    lost: follower.lost,
    close: () => follower.close(),
  }
}
