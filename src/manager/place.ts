/**
 * One connection of a manager: the actor that runs at present, and who holds it.
 *
 * @module
 */
import { createActor } from 'xstate'
import { stateOf } from '../../machines/connection.ts'
import type { ConnectionActor, ConnectionLogic } from '../connection/logic.ts'
import { sendOver } from '../connection/send-over.ts'
import type { SendOptions } from '../connection/send-queue.ts'
import type { HoldOptions, SharedConnection } from './shared-connection.ts'

export interface PlaceOptions {
  readonly key: string
  readonly logic: ConnectionLogic<object>
  readonly input: object
  /** How long nobody may hold it before it is closed, in ms. */
  readonly linger: number
  /** It was closed, and nobody holds it. */
  released(): void
}

export class Place implements SharedConnection {
  readonly key: string
  readonly #options: PlaceOptions
  readonly #listeners = new Set<() => void>()
  #actor: ConnectionActor
  #holders = 0
  #lingering: ReturnType<typeof setTimeout> | undefined

  constructor(options: PlaceOptions) {
    this.key = options.key
    this.#options = options
    this.#actor = this.#open()
  }

  readonly current = (): ConnectionActor => this.#actor

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  readonly hold = ({ connect = true }: HoldOptions = {}): (() => void) => {
    this.#holders += 1
    clearTimeout(this.#lingering)
    if (connect) this.connect()
    let held = true
    return () => {
      if (!held) return
      held = false
      this.#holders -= 1
      if (this.#holders === 0) this.#lingering = setTimeout(() => this.#leave(), this.#options.linger)
    }
  }

  readonly connect = (): void => {
    const snapshot = this.#actor.getSnapshot()
    if (snapshot.status !== 'active') {
      this.#actor = this.#open()
      for (const listener of this.#listeners) listener()
    }
    const state = stateOf(this.#actor.getSnapshot())
    if (state === 'idle' || state === 'error') this.#actor.send({ type: 'connect' })
  }

  readonly send = (data: unknown, options?: SendOptions): Promise<void> => sendOver(this.#actor, data, options)

  readonly close = (): void => {
    if (this.#actor.getSnapshot().status === 'active') this.#actor.send({ type: 'close' })
  }

  #open(): ConnectionActor {
    return createActor(this.#options.logic, { input: this.#options.input }).start()
  }

  #leave(): void {
    this.close()
    this.#options.released()
  }
}
