/**
 * A connection under test, with everything it said. Time is simulated: the wait before an attempt is skipped as soon as it
 * begins, and no other timer fires by itself.
 *
 * @module
 */
import { expect, inject, onTestFailed, onTestFinished } from 'vitest'
import { type Actor, createActor, type InspectionEvent, SimulatedClock } from 'xstate'
import type { ConnectionEmitted, ConnectionInput, ConnectionState } from '../../src/core.ts'
import { stateOf } from '../../src/core.ts'
import type { Order, RoomState } from '../rigs/protocol.ts'
import { openRoom, patience, type RoomClient, roomName } from '../rigs/room-client.ts'
import type { AnyLogic, TransportRow } from './rows.ts'

/** Opens a fresh room, and afterwards expects that nothing is left open in it. */
export async function freshRoom(order: Order = {}): Promise<RoomClient> {
  const room = openRoom(inject('rigUrl'), inject('rigOtherUrl'), roomName())
  // Also for assertions that know nothing of rooms.
  onTestFailed(() => console.error(`The test used room ${room.id}.`))
  await room.order(order)
  onTestFinished(async () => {
    const { open } = await room.until((state) => state.open.length === 0)
    expect(open).toEqual([])
  })
  return room
}

/** Resolves when nobody reads the room any more, `dialling` or not when it was given up. */
export async function abandoned(row: TransportRow, room: RoomClient, dialling = true): Promise<RoomState> {
  if (dialling && !row.dropsHandshake) {
    let looks = 0
    // Still there after several looks, each a moment after the other.
    await room.until(({ open }) => open.length > 0 && ++looks === 4)
    await room.order({ cut: true })
  }
  return room.until(({ open }) => open.length === 0)
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
  readonly #room: string

  constructor(row: TransportRow, room: RoomClient, { skipBackoff = true, inspect, ...input }: SessionOptions = {}) {
    this.#room = room.id
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

  /** Resolves once the condition holds; it is looked at after each event. Rejects with what happened when that takes too long. */
  until(condition: (session: this) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer)
        this.#waiting.delete(look)
      }
      const look = (): void => {
        if (!condition(this)) return
        settle()
        resolve()
      }
      const timer = setTimeout(() => {
        settle()
        const codes = this.said.map((event) => ('error' in event ? `${event.type} ${event.error?.code}` : event.type))
        reject(
          new Error(`Session in room ${this.#room}: ${this.state}, ${this.texts.length} texts, ${codes.join(', ')}.`),
        )
      }, patience)
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
