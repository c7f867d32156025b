/**
 * A stream that is written to all the time, its server, the proxy in between and a connection: all on one simulated clock.
 *
 * @module
 */
import { onTestFinished } from 'vitest'
import { createActor } from 'xstate'
import { stateOf } from '../../machines/connection.ts'
import { durableConnection } from '../../src/durable.ts'
import { startServer } from '../../src/server/testing/rig.ts'
import { simulatedClock } from '../../src/testing/clock.ts'
import type { DurableInput } from '../../src/transports/durable-input.ts'
// Carriers are loaded when they are wanted; here that would take longer than simulated seconds do.
import '../../src/transports/durable-http.ts'
import '../../src/transports/durable-websocket.ts'
import '../../src/transports/http-stream.ts'
import '../../src/transports/http-text.ts'
import '../../src/transports/ladder.ts'
import { createLadderMemory } from '../../src/transports/ladder-memory.ts'
import '../../src/transports/long-poll.ts'
import '../../src/transports/sse.ts'
import { turns, until } from '../../src/transports/websocket-rig.ts'
import { type Weather, type WeatherProxy, weatherProxy } from './weather-proxy.ts'

/** A step of simulated time. A loopback hop through the proxy takes much less. */
const STEP = 100
const TURNS = 12

export interface WorldOptions {
  readonly weather?: Partial<Weather>
  readonly input?: Partial<DurableInput>
  /** A record in every so many steps. Default 1. */
  readonly every?: number
  /** So many records more in each turn of the event loop, so that they also come while a carrier opens. Default 0. */
  readonly eachTurn?: number
  /** How long a `cut` socket lives, in ms. Default 1,000. */
  readonly cutAfter?: number
}

export async function ladderWorld({
  weather = {},
  input = {},
  every = 1,
  eachTurn = 0,
  cutAfter = 1_000,
}: WorldOptions = {}) {
  const clock = simulatedClock()
  const epoch = Date.now()
  const { server, port, url } = await startServer({ clock: { ...clock, now: () => epoch + clock.now() } })
  const room = server.stream('rooms/42')
  const memory = createLadderMemory({ now: clock.now, random: () => 0 })
  const wait = (act: () => void) => void clock.setTimeout(act, cutAfter)
  const proxy: WeatherProxy = await weatherProxy({ upstream: port, weather, wait })
  let written = 0
  let steps = 0

  const connect = (address: string = proxy.url) => {
    const actor = createActor(durableConnection, {
      clock,
      input: {
        url: `${address}/v1/stream/rooms/42`,
        environment: false,
        retryBudget: 1_000_000,
        backoff: { base: 20, cap: 100 },
        random: () => 0.5,
        ladder: memory,
        ...input,
      },
    })
    const seen: unknown[] = []
    const protocols: string[] = []
    const errors: unknown[] = []
    actor.on('message', ({ message }) => seen.push(message.data))
    actor.on('connected', ({ protocol }) => protocols.push(protocol))
    actor.on('error', ({ error }) => errors.push(error))
    actor.start()
    actor.send({ type: 'connect' })
    onTestFinished(() => actor.send({ type: 'close' }))
    return { actor, seen, protocols, errors, state: () => stateOf(actor.getSnapshot()) }
  }

  return {
    clock,
    memory,
    proxy,
    room,
    origin: proxy.url,
    direct: url,
    connect,
    write(count = 1, size = 0) {
      const padding = size > 0 ? { padding: 'x'.repeat(size) } : {}
      for (let record = 0; record < count; record++) room.append({ n: ++written, ...padding })
    },
    /** Lets so much time pass, with records all the while. */
    async travel(milliseconds: number) {
      for (let passed = 0; passed < milliseconds; passed += STEP) {
        if (every > 0 && ++steps % every === 0) room.append({ n: ++written })
        await clock.advance(STEP)
        for (let turn = 0; turn < TURNS; turn++) {
          await turns(1)
          for (let record = 0; record < eachTurn; record++) room.append({ n: ++written })
        }
      }
    },
    /** Resolves when everything has been seen, once and in order; fails at the first that is not. */
    async allSeen({ seen }: { readonly seen: readonly unknown[] }) {
      await until(() => seen.length >= written)
      const numbers = seen.map((record) => (record as { n: number }).n)
      const wrong = numbers.findIndex((n, index) => n !== index + 1)
      if (wrong >= 0) throw new Error(`Record ${numbers[wrong]} came at place ${wrong + 1}.`)
      return { seen: numbers.length, written }
    },
  }
}
