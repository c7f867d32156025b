import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { createActor, waitFor } from 'xstate'
import { createPool, webSocketConnection } from '../../src/websocket.ts'

/** By hand 10,000 as well: `CYCLES=10000 vitest run …`. */
const cycles = Number(process.env.CYCLES ?? 3_000)
const abreast = 50

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Twice, with a turn between: what a finaliser lets go of in the first is collected in the second. */
async function heap(): Promise<number> {
  for (let round = 0; round < 2; round++) {
    collect()
    await new Promise(setImmediate)
  }
  return process.memoryUsage().heapUsed
}

test(`${cycles} connections that were opened, spoken over and closed leave nothing behind`, {
  timeout: 120_000,
}, async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  onTestFinished(() => void server.close())
  server.on('connection', (socket) => socket.on('message', (data) => socket.send(data)))
  await once(server, 'listening')
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
  // One pool and one listener of everything: what outlives a connection must not hold it.
  const pool = createPool({ requestsPerMinute: 2 * cycles })
  const alive: WeakRef<object>[] = []
  let echoed = 0

  async function cycle(): Promise<void> {
    const actor = createActor(webSocketConnection, { input: { url, pool, heartbeatInterval: 5_000 } })
    const answer = new Promise<void>((resolve) => {
      actor.on('message', () => {
        echoed += 1
        resolve()
      })
    })
    actor.start()
    actor.send({ type: 'connect' })
    actor.send({ type: 'send', data: 'hello' })
    await answer
    actor.send({ type: 'close' })
    await waitFor(actor, (snapshot) => snapshot.status === 'done')
    if (alive.length < 100) alive.push(new WeakRef(actor))
  }
  const run = async (count: number): Promise<void> => {
    for (let done = 0; done < count; done += abreast) await Promise.all(Array.from({ length: abreast }, cycle))
    await expect.poll(() => server.clients.size, { timeout: 10_000 }).toBe(0)
  }

  await run(1_000)
  const before = await heap()
  await run(cycles - 1_000)
  const after = await heap()
  expect(echoed).toBe(cycles)
  // 100 bytes a cycle would be 0.9 MB; a retained connection weighs 10 kB.
  expect(after - before).toBeLessThan(900_000)
  const kept = (): number => {
    collect()
    return alive.filter((actor) => actor.deref() !== undefined).length
  }
  await expect.poll(kept, { timeout: 10_000 }).toBe(0)
})
