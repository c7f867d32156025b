import { once } from 'node:events'
import { expect, test } from 'vitest'
import { simulatedClock } from '../../../src/testing/clock.ts'
import { settle } from '../../../src/testing/settle.ts'
import { type HubUnderTest, heardOf, helloOf, hubUnderTest, type Peer, peer, viewer } from './rig.ts'

const EVERY = 20_000

/** An app that has said hello, and answers no ping, as if its line had been lost. */
async function halfOpen(hub: HubUnderTest): Promise<Peer> {
  const app = await peer(hub.appUrl, { autoPong: false })
  app.send([helloOf('lost')])
  return app
}

test('beyond loopback an app whose line was lost is found and let go; whoever answers stays', async () => {
  const clock = simulatedClock()
  const opened = await hubUnderTest({ host: '0.0.0.0', clock })
  const hub = { ...opened, origin: `http://127.0.0.1:${opened.port}` }
  const page = await viewer(hub)
  const good = await peer(hub.appUrl)
  good.send([helloOf('good')])
  await heardOf(page, 'good#1', 1)
  const lost = await halfOpen(hub)
  await heardOf(page, 'lost#2', 1)
  for (let round = 1; round <= 3; round += 1) {
    const pinged = Promise.all([once(good.socket, 'ping'), once(page.socket, 'ping')])
    await clock.advance(EVERY)
    await pinged
    // Both have been answered when the hub has heard what was said after the pong.
    const before = page.messagesOf('good#1').length
    page.ask('good#1', { kind: 'sync' })
    await heardOf(page, 'good#1', before + 1)
    good.send([{ kind: 'dropped', t: round, count: 1 }])
    await settle(() => page.messagesOf('good#1').some((told) => told.kind === 'dropped' && told.t === round))
  }
  expect(await lost.closed).toBe(1006)
  await settle(() => page.hasGone('lost#2'))
  expect([good.socket.readyState, page.socket.readyState]).toEqual([WebSocket.OPEN, WebSocket.OPEN])
  await hub.close()
  expect(clock.pending).toBe(0)
})

test('on loopback a process that a debugger holds is not taken for dead', async () => {
  const clock = simulatedClock()
  const hub = await hubUnderTest({ clock })
  const page = await viewer(hub)
  const held = await halfOpen(hub)
  await heardOf(page, 'lost#1', 1)
  await clock.advance(10 * EVERY)
  held.send([{ kind: 'dropped', t: 1, count: 1 }])
  await heardOf(page, 'lost#1', 2)
})
