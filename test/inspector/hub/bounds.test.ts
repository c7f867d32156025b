import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { WebSocket } from 'ws'
import { bounds } from '../../../inspector/protocol/bounds.ts'
import { type SimulatedClock, simulatedClock } from '../../../src/testing/clock.ts'
import { settle } from '../../../src/testing/settle.ts'
import {
  actorOf,
  app,
  eventOf,
  type HubUnderTest,
  heardOf,
  helloOf,
  hubUnderTest,
  type Peer,
  peer,
  stepOf,
  type TestViewer,
  viewer,
} from './rig.ts'

let hub: HubUnderTest
let clock: SimulatedClock
let page: TestViewer
let good: Peer
let told = 0

// Beside everything bad there is an app and a page that behave, and must notice nothing.
beforeEach(async () => {
  clock = simulatedClock()
  hub = await hubUnderTest({ clock })
  page = await viewer(hub)
  good = await app(hub, 'good', [actorOf('a')])
  await heardOf(page, 'good#1', 2)
  told = 0
})

afterEach(async () => {
  for (let round = 0; round < 3; round += 1) good.send([eventOf(++told), stepOf(++told, `s${told}`)])
  const all = await heardOf(page, 'good#1', 2 + told)
  expect(all.slice(2).map((message) => ('seq' in message ? message.seq : message.kind))).toEqual([1, 2, 3, 4, 5, 6])
  expect(page.socket.readyState).toBe(page.socket.OPEN)
  expect(good.socket.readyState).toBe(good.socket.OPEN)
})

describe('an app is closed', () => {
  test.each([
    ['no JSON', 'hello?'],
    ['no array', '{"kind":"hello"}'],
    ['no hello first', JSON.stringify([actorOf('a')])],
    ['nothing', '[]'],
    ['a field more', JSON.stringify([{ ...helloOf('bad'), secret: 1 }])],
    ['a name beyond its bound', JSON.stringify([helloOf('x'.repeat(2_000))])],
    ['nested a hundred thousand deep', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['a standard message without a time', '{"_version":"0.7.2","type":"@xstate.event","sessionId":"x:0"}'],
  ])('that says %s', async (_what, text) => {
    const bad = await peer(hub.appUrl)
    bad.socket.send(text)
    expect(await bad.closed).toBe(4400)
    expect(page.keys).toEqual(['good#1'])
  })

  test('that sends bytes', async () => {
    const bad = await peer(hub.appUrl)
    bad.socket.send(Buffer.from(JSON.stringify([helloOf('bad')])))
    expect(await bad.closed).toBe(4400)
  })

  test('that says something malformed later, and what it said before stays', async () => {
    const bad = await app(hub, 'bad', [actorOf('a')])
    bad.send([{ kind: 'event', seq: -1 }])
    expect(await bad.closed).toBe(4400)
    await settle(() => page.hasGone('bad#2'))
    expect(page.messagesOf('bad#2')).toEqual([helloOf('bad'), actorOf('a')])
  })

  test('that sends more at once than a batch may have', async () => {
    const bad = await app(hub, 'bad')
    bad.socket.send(`[${' '.repeat(bounds.batchBytes)}]`)
    expect(await bad.closed).toBe(1009)
  })

  test('that breaks the frames themselves', async () => {
    const bad = await app(hub, 'bad')
    const { _socket } = bad.socket as WebSocket & { readonly _socket: NodeJS.WritableStream }
    _socket.write(Buffer.from([0xff, 0xff, 0xff, 0xff]))
    expect([1002, 1006]).toContain(await bad.closed)
    await settle(() => page.hasGone('bad#2'))
  })

  test('whose machine has a million states', async () => {
    const states = Array.from({ length: 1_000_000 }, (_, index) => [`s${index}`, {}])
    const json = JSON.stringify({ id: 'huge', states: Object.fromEntries(states) })
    const whole = await app(hub, 'whole')
    whole.send([{ kind: 'definition', hash: 'huge', json }])
    expect(await whole.closed).toBe(1009)
    const part = await app(hub, 'part')
    part.send([{ kind: 'definition', hash: 'huge', json: json.slice(0, bounds.definitionBytes + 1) }])
    expect(await part.closed).toBe(4400)
    expect(JSON.stringify(page.heard)).not.toContain('huge')
  })

  test('that has more machines or actors than is good', async () => {
    const machines = await app(hub, 'machines')
    const json = 'x'.repeat(bounds.definitionBytes)
    for (let hash = 0; hash <= 32; hash += 1) machines.send([{ kind: 'definition', hash: String(hash), json }])
    expect(await machines.closed).toBe(4429)
    const actors = await app(hub, 'actors')
    const names = Array.from({ length: bounds.actors + 1 }, (_, index) => String(index))
    for (let from = 0; from < names.length; from += 1_000) {
      actors.send(names.slice(from, from + 1_000).map((name) => actorOf(name)))
    }
    expect(await actors.closed).toBe(4429)
  })
})

test('of a thousand apps those that are too many are closed', { timeout: 60_000 }, async () => {
  const crowd: Peer[] = []
  const codes = new Map<number, number>()
  // Not all at once: who is turned away is cut after a second, and has to have opened by then on a slow machine too.
  for (let from = 0; from < 1_000; from += 50) {
    const more = await Promise.all(Array.from({ length: 50 }, (_, index) => app(hub, `crowd-${from + index}`)))
    for (const { closed } of more) void closed.then((code) => codes.set(code, (codes.get(code) ?? 0) + 1))
    crowd.push(...more)
  }
  await settle(() => codes.get(4429) === 1_000 - (bounds.apps - 1), {
    timeout: 30_000,
    describe: () => JSON.stringify([...codes]),
  })
  expect(new Set(page.keys).size).toBe(bounds.apps)
  for (const { socket } of crowd) socket.terminate()
})

test('an app that tells more in a second than anybody can look at is thinned, and says so', async () => {
  const loud = await app(hub, 'loud', [actorOf('a')])
  let seq = 0
  const batches = 15
  for (let batch = 0; batch < batches; batch += 1) {
    const events = Array.from({ length: 1_000 }, () => eventOf(++seq))
    loud.send([...events, stepOf(++seq, `after ${batch}`)])
  }
  await settle(() => page.messagesOf('loud#2').filter(({ kind }) => kind === 'step').length === batches)
  const heard = page.messagesOf('loud#2')
  const events = heard.filter(({ kind }) => kind === 'event').length
  const dropped = heard.reduce((sum, message) => sum + (message.kind === 'dropped' ? message.count : 0), 0)
  expect(events + dropped).toBe(batches * 1_000)
  expect(dropped).toBeGreaterThan(0)
})

describe('a viewer', () => {
  test('that floods is closed', async () => {
    const flooding = await viewer(hub)
    await heardOf(flooding, 'good#1', 2)
    for (let count = 0; count < 10_000; count += 1) flooding.ask('good#1', { kind: 'payload', seq: count })
    expect(await flooding.closed).toBe(4429)
    expect(good.heard.length).toBeLessThan(300)
  })

  test.each([
    ['malformed', '{"app":"good#1","asked":{"kind":"send"}}', 4400],
    ['no JSON', '{', 4400],
    ['oversized', ' '.repeat(20_000), 1009],
  ])('that asks something %s is closed', async (_what, text, code) => {
    const bad = await viewer(hub)
    bad.socket.send(text)
    expect(await bad.closed).toBe(code)
  })

  test('is one of so many, and no more', async () => {
    const crowd = await Promise.all(Array.from({ length: 40 }, () => viewer(hub)))
    const closed: number[] = []
    for (const { closed: code } of crowd) void code.then((value) => closed.push(value))
    await settle(() => closed.length === 9)
    expect(new Set(closed)).toEqual(new Set([4429]))
  })

  test('that shows no token in time is closed', async () => {
    const silent = await peer(`ws://127.0.0.1:${hub.port}/viewer`, { origin: hub.origin })
    await clock.advance(5_000)
    expect(await silent.closed).toBe(4401)
  })
})

test('a viewer that does not read is told less, keeps every step and what became of sends, and says how much it missed', {
  timeout: 60_000,
}, async () => {
  const slow = await viewer(hub)
  await heardOf(slow, 'good#1', 2)
  const frames = await app(hub, 'frames', [actorOf('a')])
  await heardOf(slow, 'frames#2', 2)
  slow.socket.pause()
  const text = 'x'.repeat(bounds.textLength)
  let seq = 0
  const frame = () =>
    ({
      kind: 'frame',
      seq: ++seq,
      t: seq,
      actor: 'a',
      direction: 'in',
      what: 'message',
      bytes: 1,
      position: null,
      text,
    }) as const
  const rounds = 40
  for (let round = 0; round < rounds; round += 1) {
    const settled = { kind: 'settled', t: seq, actor: 'a', seq: seq + 1, failure: null } as const
    frames.send([...Array.from({ length: 50 }, frame), settled, stepOf(++seq, `s${round}`)])
    // No faster than the one beside it reads, which has all of it.
    await heardOf(page, 'frames#2', 2 + (round + 1) * 52)
  }
  const all = await heardOf(page, 'frames#2', 2 + rounds * 52)
  expect(all.filter(({ kind }) => kind === 'dropped')).toEqual([])
  slow.socket.resume()
  await settle(() => slow.messagesOf('frames#2').filter(({ kind }) => kind === 'step').length === rounds, {
    timeout: 20_000,
  })
  // Also when the app has nothing more to tell.
  await settle(() => slow.messagesOf('frames#2').some(({ kind }) => kind === 'dropped'))
  const heard = slow.messagesOf('frames#2')
  const dropped = heard.reduce((sum, message) => sum + (message.kind === 'dropped' ? message.count : 0), 0)
  expect(dropped).toBeGreaterThan(0)
  expect(heard.filter(({ kind }) => kind === 'frame').length + dropped).toBe(rounds * 50)
  expect(heard.filter(({ kind }) => kind === 'settled')).toHaveLength(rounds)
})
