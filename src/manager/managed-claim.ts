/**
 * One name under which a connection was opened: `createTransport` and `open` make one each, several may share a connection.
 *
 * @module
 */
import type { ConnectionActor } from '../connection/logic.ts'
import type { TransportError } from '../errors.ts'
import type { CloseOptions } from '../transport/create-transport.ts'
import type { ActorSource } from '../transport/life.ts'
import type { Place } from './place.ts'

/** What a claim needs of its registry. */
export interface ClaimKeeper {
  /** Throws `duplicate_id`. */
  enlist(claim: Claim): void
  strike(claim: Claim): void
}

type Show = (actor: ConnectionActor) => () => void

export class Claim implements ActorSource {
  readonly id: string
  readonly place: Place
  readonly #keeper: ClaimKeeper
  #release: (() => void) | null = null
  #show: Show | null = null
  #silence: () => void = () => {}
  /** Hears that the manager restarts the connection no more. */
  onGaveUp: (error: TransportError) => void = () => {}
  /** Hears that the connection is not this name's any more. */
  onDropped: () => void = () => {}

  constructor(id: string, place: Place, keeper: ClaimKeeper) {
    this.id = id
    this.place = place
    this.#keeper = keeper
  }

  get isTaken(): boolean {
    return this.#release !== null
  }

  /** From now on every actor of the place is shown, as long as the claim is taken. */
  listen(show: Show): void {
    this.#show = show
    this.#attach()
  }

  current(): ConnectionActor {
    return this.place.current()
  }

  /** @throws TransportError `duplicate_id`, `limit_reached` or `aborted` */
  take(): void {
    if (this.#release !== null) return
    this.#keeper.enlist(this)
    try {
      this.#release = this.place.hold({ connect: false })
    } catch (refusal) {
      this.#keeper.strike(this)
      throw refusal
    }
    this.#attach()
  }

  connect(): void {
    this.take()
    this.place.connect()
  }

  /** Closes what nobody else has, and lets go of what is shared. */
  close(options?: CloseOptions): void {
    if (this.place.shared) this.drop()
    else this.place.close(options)
  }

  /** The connection goes on without this name, or is over. */
  drop(): void {
    const release = this.#release
    if (release === null) return
    this.#release = null
    this.#silence()
    this.#keeper.strike(this)
    release()
    this.onDropped()
  }

  #attach(): void {
    const show = this.#show
    if (show === null || this.#release === null) return
    this.#silence()
    let hush = show(this.place.current())
    const leave = this.place.subscribe(() => {
      hush()
      hush = show(this.place.current())
    })
    this.#silence = () => {
      leave()
      hush()
      this.#silence = () => {}
    }
  }
}
