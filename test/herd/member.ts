/**
 * One of many clients: it dials, reads, is cut off, waits as our own client would, and comes back to where it was.
 *
 * @module
 */

import type { TransportError } from '../../src/errors.ts'
import type { Clock } from '../../src/server/clock.ts'
import { FROM_START } from '../../src/wire/offset.ts'
import { dialEvents } from './event-link.ts'
import { Journal } from './journal.ts'
import { type Dial, failure, type Link } from './link.ts'
import { Returning } from './returning.ts'
import { dialSocket } from './socket-link.ts'

export type Protocol = 'websocket' | 'sse'

const dials: Readonly<Record<Protocol, Dial>> = { websocket: dialSocket, sse: dialEvents }

export interface MemberOptions {
  readonly protocol: Protocol
  readonly stream: string
  /** Asked for each attempt: where a load balancer would send it now. */
  readonly port: () => number
  readonly clock: Clock
  readonly random: () => number
}

/** `idle`: it never was there, or has left. */
export type MemberState = 'idle' | 'waiting' | 'dialling' | 'reading'

export class Member {
  readonly journal = new Journal()
  state: MemberState = 'idle'
  /** When each attempt was due: on a machine that is too busy for all of them it is made later. */
  readonly attempts: number[] = []
  /** Attempts that were answered with 503. */
  refusals = 0
  readonly #options: MemberOptions
  readonly #returning: Returning
  #offset = FROM_START
  #link: Link | null = null
  #timer: unknown

  constructor(options: MemberOptions) {
    this.#options = options
    this.#returning = new Returning(options.random)
  }

  /** Dials after so many milliseconds. */
  start(delay = 0): void {
    this.state = 'waiting'
    this.attempts.push(this.#options.clock.now() + delay)
    this.#timer = this.#options.clock.setTimeout(() => this.#dial(), delay)
  }

  /** Reads nothing more until {@link Member.resume}, as a stalled reader. */
  pause(): void {
    this.#link?.pause()
  }

  resume(): void {
    this.#link?.resume()
  }

  leave(): void {
    this.state = 'idle'
    this.#options.clock.clearTimeout(this.#timer)
    this.#link?.destroy()
    this.#link = null
  }

  #dial(): void {
    const { clock, protocol, stream, port, random } = this.#options
    this.state = 'dialling'
    let over = false
    const lost = (error: TransportError): void => {
      if (over) return
      over = true
      clock.clearTimeout(timer)
      link.destroy()
      if (this.state !== 'idle') this.#lost(error)
    }
    const timer = clock.setTimeout(() => lost(failure('connect_timeout')), this.#returning.connectTimeout)
    const link = dials[protocol](
      { port: port(), stream, offset: this.#offset, random },
      {
        opened: () => {
          clock.clearTimeout(timer)
          this.state = 'reading'
          this.#returning.connected(clock.now())
        },
        records: (records, offset) => {
          this.journal.take(records)
          this.#offset = offset
        },
        lost,
      },
    )
    this.#link = link
  }

  #lost(error: TransportError): void {
    if (error.status === 503) this.refusals += 1
    this.#link = null
    this.start(this.#returning.failed(error, this.#options.clock.now()))
  }
}
