/**
 * A connection under test, with everything it said. Time is simulated: the wait before an attempt is skipped as soon as it
 * begins, and no other timer fires by itself.
 *
 * @module
 */
import { expect, inject, onTestFinished } from 'vitest'
import { type Actor, createActor, type InspectionEvent, SimulatedClock } from 'xstate'
import type { ConnectionEmitted, ConnectionInput, ConnectionState } from '../../src/core.ts'
import { stateOf } from '../../src/core.ts'
import type { Order } from '../rigs/protocol.ts'
import { openRoom, type RoomClient, roomName } from '../rigs/room-client.ts'
import type { AnyLogic, TransportRow } from './rows.ts'

/** Opens a fresh room, and afterwards expects that nothing is left open in it. */
export async function freshRoom(order: Order = {}): Promise<RoomClient> {
  const room = openRoom(inject('rigUrl'), inject('rigOtherUrl'), roomName())
  await room.order(order)
  onTestFinished(async () => {
    const { open } = await room.until((state) => state.open.length === 0)
    expect(open).toEqual([])
  })
  return room
}

/** How a session differs from the usual one. */
export interface SessionOptions extends ConnectionInput {
  /** `false`: the test moves the clock itself. */
  readonly skipBackoff?: boolean | undefined
  readonly inspect?: ((event: InspectionEvent) => void) | undefined
  readonly [option: string]: unknown
}

/** Long-polling takes an unanswered request for a waiting server only after so long: not while a refusal is on its way. */
export const patient = { holdAfter: 5_000 } as const

export class Session {
  readonly actor: Actor<AnyLogic>
  readonly clock = new SimulatedClock()
  /** The texts that arrived, in order. */
  readonly texts: string[] = []
  /** Everything that was emitted but messages. */
  readonly said: ConnectionEmitted[] = []
  readonly states: ConnectionState[] = []
  readonly #waiting = new Set<() => void>()

  constructor(row: TransportRow, room: RoomClient, { skipBackoff = true, inspect, ...input }: SessionOptions = {}) {
    this.actor = createActor(row.logic, {
      input: { ...row.input(room), backoff: { base: 5, cap: 20 }, ...input },
      clock: this.clock,
      ...(inspect === undefined ? {} : { inspect }),
    })
    this.actor.on('*', (event) => {
      if (event.type === 'message') this.texts.push(row.textOf(event.message.data))
      else this.said.push(event)
      // The timer is set after the event was emitted, in the same step.
      if (event.type === 'reconnecting' && skipBackoff) queueMicrotask(() => this.clock.increment(event.delay))
      this.#look()
    })
    this.actor.subscribe((snapshot) => {
      const state = stateOf(snapshot)
      if (this.states.at(-1) !== state) this.states.push(state)
      this.#look()
    })
    this.actor.start()
    onTestFinished(() => void this.actor.stop())
  }

  get state(): ConnectionState {
    return stateOf(this.actor.getSnapshot())
  }

  /** Resolves once the condition holds; it is looked at after each event. */
  until(condition: (session: this) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!condition(this)) return
        this.#waiting.delete(look)
        resolve()
      }
      this.#waiting.add(look)
      look()
    })
  }

  untilState(state: ConnectionState): Promise<void> {
    return this.until((session) => session.state === state)
  }

  untilTexts(count: number): Promise<void> {
    return this.until(({ texts }) => texts.length >= count)
  }

  /** The events of one type. */
  all<Type extends ConnectionEmitted['type']>(type: Type): Extract<ConnectionEmitted, { type: Type }>[] {
    return this.said.filter((event) => event.type === type) as Extract<ConnectionEmitted, { type: Type }>[]
  }

  async connect(): Promise<this> {
    this.actor.send({ type: 'connect' })
    await this.untilState('connected')
    return this
  }

  #look(): void {
    for (const look of [...this.#waiting]) look()
  }
}

/** A row's connection to a room, up and running. */
export function connected(row: TransportRow, room: RoomClient, options?: SessionOptions): Promise<Session> {
  return new Session(row, room, options).connect()
}
