import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { connection } from '../../src/connection/connection.ts'
import type { ConnectionLogic } from '../../src/connection/logic.ts'
import type { Deliver, Dial } from '../../src/link.ts'
import { type WebSocketInput, webSocket } from '../../src/transports/websocket.ts'
import { numberServer, numbers, start } from './numbered.ts'

/** Ways to be just too late: in the dial itself, and one or more microtasks after it resolved. */
const moments = {
  'before the dial resolves': (act: () => void) => act(),
  'one microtask later': (act: () => void) => queueMicrotask(act),
  'two microtasks later': (act: () => void) => queueMicrotask(() => queueMicrotask(act)),
  'three microtasks later': (act: () => void) => queueMicrotask(() => queueMicrotask(() => queueMicrotask(act))),
}

const endings = ['close', 'stop', 'timeout'] as const

for (const [moment, later] of Object.entries(moments)) {
  for (const ending of endings) {
    test(`rule 2, nobody's link: ${ending} ${moment} leaves no socket`, async () => {
      const server = await numberServer()
      let end = (): void => {}
      const dial: Dial<WebSocketInput> = async (input, request) => {
        const link = await numbers(input, request)
        later(() => end())
        return link
      }
      const logic = connection(dial) as ConnectionLogic<WebSocketInput>
      const { actor, clock } = start({ url: server.url, maxAttempts: 0 }, { logic })
      end = () => {
        if (ending === 'close') actor.send({ type: 'close' })
        if (ending === 'stop') actor.stop()
        if (ending === 'timeout') clock.increment(10_000)
      }
      actor.send({ type: 'connect' })
      await server.hasOpen(1)
      while (actor.getSnapshot().status === 'active' && actor.getSnapshot().value === 'connecting') await turn()
      // A timeout that comes after the link was taken is no ending at all: then the link is the actor's, and stays.
      const taken = actor.getSnapshot().status === 'active' && actor.getSnapshot().matches('connected')
      await server.hasOpen(taken ? 1 : 0)
      if (ending !== 'timeout') expect(taken).toBe(false)
    })
  }
}

test('rule 5, late is dropped twice: an old link that goes on delivering reaches nobody', async () => {
  const server = await numberServer()
  const delivers: Deliver[] = []
  const dial: Dial<WebSocketInput> = async (input, request) => {
    const link = await webSocket(input, request)
    return {
      ...link,
      read(deliver) {
        delivers.push(deliver)
        return link.read(deliver)
      },
    }
  }
  const { actor, clock, received, reaches } = start(
    { url: server.url },
    { logic: connection(dial) as ConnectionLogic<WebSocketInput> },
  )
  actor.send({ type: 'connect' })
  await reaches('connected')
  await server.hasOpen(1)
  while (delivers.length === 0) await turn()

  server.cut()
  await reaches('reconnecting')
  expect(delivers[0]?.({ data: 'late, while reconnecting', position: '7' })).toBe(false)

  clock.increment(500)
  await reaches('connected')
  expect(delivers[0]?.({ data: 'late, into the next connection', position: '8' })).toBe(false)

  expect(received).toEqual([])
  actor.send({ type: 'close' })
  expect(actor.getSnapshot().output).toMatchObject({ position: null, received: 0 })
  expect(delivers[0]?.({ data: 'late, after the end' })).toBe(false)
})
