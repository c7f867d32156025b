/**
 * Holding a shared connection for as long as a component or a scope wants it, also while its address changes.
 *
 * @module
 */
import { type ShallowRef, shallowRef } from 'vue'
import type { ConnectionActor } from '../connection/logic.ts'
import type { SharedConnection } from '../manager/shared-connection.ts'

type Phase =
  /** Not mounted yet, or deactivated and let go. */
  { readonly name: 'waiting' } | { readonly name: 'holding'; letGo(): void } | { readonly name: 'over' }

const waiting: Phase = { name: 'waiting' }

export class Holding<Received, Sent> {
  readonly shared: ShallowRef<SharedConnection<Received, Sent>>
  readonly actor: ShallowRef<ConnectionActor<object, Received, Sent>>
  readonly #find: () => SharedConnection<Received, Sent>
  /** What was asked for last; the next connection begins with it. */
  #wish: 'connect' | 'rest'
  #phase = waiting

  /** @param find - the connection of the present configuration; throws where that cannot work. */
  constructor(find: () => SharedConnection<Received, Sent>, wish: 'connect' | 'rest') {
    const shared = find()
    this.shared = shallowRef(shared)
    this.actor = shallowRef(shared.current())
    this.#find = find
    this.#wish = wish
  }

  take(): void {
    // Looked up again: what nobody held may have been released since.
    if (this.#phase.name === 'waiting') this.#hold(this.#find())
  }

  letGo(): void {
    if (this.#phase.name !== 'holding') return
    this.#phase.letGo()
    this.#phase = waiting
  }

  end(): void {
    this.letGo()
    this.#phase = { name: 'over' }
  }

  /** The configuration changed. A configuration that is refused throws here, and the connection stays as it is. */
  follow(): void {
    const next = this.#find()
    if (next === this.shared.value) return
    const before = this.#phase
    if (before.name !== 'holding') {
      this.#show(next)
      return
    }
    this.#hold(next)
    before.letGo()
  }

  connect(): void {
    this.#wish = 'connect'
    if (this.#phase.name === 'holding') this.shared.value.connect()
  }

  close(): void {
    this.#wish = 'rest'
    if (this.#phase.name === 'holding') this.shared.value.close()
  }

  #hold(shared: SharedConnection<Received, Sent>): void {
    // First of all: a manager that is at its limit refuses here, and nothing has changed.
    const letGo = shared.hold({ connect: false })
    const unsubscribe = shared.subscribe(() => this.#show(shared))
    this.#phase = {
      name: 'holding',
      letGo() {
        unsubscribe()
        letGo()
      },
    }
    // Shown before it connects: whoever listens is there by then, and misses nothing.
    this.#show(shared)
    if (this.#wish === 'connect') shared.connect()
  }

  #show(shared: SharedConnection<Received, Sent>): void {
    this.shared.value = shared
    this.actor.value = shared.current()
  }
}
