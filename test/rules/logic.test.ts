import { expect, expectTypeOf, test } from 'vitest'
import { type ActorRefFrom, createActor, StateMachine, setup } from 'xstate'
import { getShortestPaths } from 'xstate/graph'
import * as z from 'zod/mini'
import { type ConnectionSnapshot, connectionMachine } from '../../machines/connection.ts'
import { json } from '../../src/codecs/codec.ts'
import { connection } from '../../src/connection/connection.ts'
import { listenTo } from '../../src/connection/listen-to.ts'
import type { Message } from '../../src/link.ts'
import { webSocket } from '../../src/transports/websocket.ts'
import { until } from '../../src/transports/websocket-rig.ts'
import { numberServer, numbersConnection, start, upTo } from './numbered.ts'

test('rule 6, never provide per component: provided logic is its own, and writing to it changes nobody else', async () => {
  const server = await numberServer()
  const patient = numbersConnection.provide({ delays: { backoff: () => 90_000 } })
  expect(patient).not.toBe(numbersConnection)
  // What @xstate/react does to the logic of a hook that met a new object.
  Object.assign(numbersConnection, { implementations: patient.implementations })

  const { actor, clock, reaches } = start({ url: server.url, random: () => 0.5 })
  actor.send({ type: 'connect' })
  await reaches('connected')
  server.cut()
  await reaches('reconnecting')
  clock.increment(250)
  await reaches('connected')
  expect(server.afters).toHaveLength(2)
})

test('rule 8, embedding: a larger machine invokes a connection and hears its messages in batches', async () => {
  const server = await numberServer()
  const screen = setup({
    types: {
      context: {} as { connection: ActorRefFrom<typeof numbersConnection>; batches: string[][] },
      input: {} as { url: string },
      events: {} as { type: 'numbers'; messages: readonly Message[] },
    },
    actors: {
      numbers: numbersConnection,
      listener: listenTo((messages) => ({ type: 'numbers', messages })),
    },
  }).createMachine({
    context: ({ spawn, input }) => ({ connection: spawn('numbers', { input }), batches: [] }),
    invoke: { src: 'listener', input: ({ context }) => context.connection },
    entry: ({ context }) => context.connection.send({ type: 'connect' }),
    on: {
      numbers: {
        actions: ({ context, event }) => context.batches.push(event.messages.map((message) => String(message.data))),
      },
    },
  })
  server.append(50)
  const actor = createActor(screen, { input: { url: server.url } }).start()
  const { batches } = actor.getSnapshot().context
  await until(() => batches.flat().length === 50)
  expect(batches.flat()).toEqual(upTo(50))
  actor.stop()
  await server.hasOpen(0)
})

test('rule 11, types: the wrapped logic is a machine, for XState and for the compiler', () => {
  const prices = connection(webSocket, {
    codec: json,
    incoming: z.object({ price: z.number() }),
    outgoing: z.object({ symbol: z.string() }),
  })
  expect(prices).toBeInstanceOf(StateMachine)
  expect(prices.config).toBe(connectionMachine.config)

  const actor = createActor(prices, { input: { url: 'ws://127.0.0.1' } })
  actor.on('message', ({ message }) => expectTypeOf(message.data).toEqualTypeOf<{ price: number }>())
  expectTypeOf(actor.send).toBeCallableWith({ type: 'send', data: { symbol: 'A' } })
  // @ts-expect-error a value the outgoing schema would refuse
  actor.send({ type: 'send', data: { symbol: 1 } })
  // @ts-expect-error no such event
  actor.on('massage', () => {})
  // @ts-expect-error the transport's input is demanded
  createActor(prices, { input: {} })
  expectTypeOf(actor.getSnapshot().matches).toBeCallableWith({ connected: { flow: 'paused' } })
  const machine = setup({ actors: { prices } }).createMachine({
    invoke: { src: 'prices', input: { url: 'ws://127.0.0.1' } },
  })
  expectTypeOf(machine).not.toBeNever()
})

test('rule 11, types: traversal gives the same paths bare and wrapped', () => {
  const serializeState = (snapshot: ConnectionSnapshot): string =>
    JSON.stringify([snapshot.value, snapshot.context.flow])
  const pathsOf = (logic: typeof connectionMachine) =>
    getShortestPaths(logic, { input: {}, serializeState, limit: 5_000 }).map((path) =>
      path.steps.map(({ event }) => event.type),
    )
  const bare = pathsOf(connectionMachine)
  expect(bare.length).toBeGreaterThan(15)
  expect(pathsOf(numbersConnection as unknown as typeof connectionMachine)).toEqual(bare)
})
