import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type BareClient, bareClient, requestText } from '../../test/testing/bare-client.ts'
import {
  accept,
  cutAt,
  duplicated,
  hang,
  raw,
  type ScriptedServer,
  scriptedServer,
  slow,
  split,
  stallAt,
  swapped,
  vanishAt,
} from './server.ts'

let server: ScriptedServer
beforeEach(async () => {
  server = await scriptedServer()
})
afterEach(() => server.close())

const events = requestText('/', 'accept: text/event-stream')

/** A client that has received everything until the server ended it. */
async function endedClient(text = events): Promise<BareClient> {
  const client = bareClient(server.url, text)
  await client.until(() => client.ended !== null)
  return client
}

/** The body of a chunked answer, without its framing. */
function unchunked(body: string): string {
  return body.replace(/(?:^|\r\n)[0-9a-f]+\r\n/g, '').replace(/\r\n\r\n$/, '')
}

test('a cut leaves exactly so many bytes of the answer, for every byte of it', async () => {
  server.script([accept(['é'], { ending: 'end' })])
  const whole = (await endedClient()).bytes()
  expect(whole.toString()).toContain('data: é\n\n')
  for (let at = 0; at < whole.length; at++) {
    const by = at % 2 === 0 ? 'reset' : 'finish'
    server.script([cutAt(at, accept(['é'], { ending: 'end' }), { by })])
    const client = await endedClient()
    expect(client.bytes().equals(whole.subarray(0, at)), `the first ${at} bytes`).toBe(true)
    expect(client.ended).toBe(by === 'reset' ? 'rst' : 'fin')
  }
})

test('a cut of the body counts from behind the head', async () => {
  server.script([cutAt(5, accept(['hello'], { framing: 'close', as: 'lines' }), { of: 'body' })])
  const client = await endedClient()
  expect(client.body()).toBe('hello')
  expect(server.exchanges[0]).toMatchObject({ ended: 'reset', written: client.bytes().length })
})

test('a cut after no byte of the body leaves the head', async () => {
  server.script([cutAt(0, accept(['hello']), { of: 'body', by: 'finish' })])
  const client = await endedClient()
  expect(client.bytes().toString()).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\r\n\r\n$/s)
})

test('an end without its mark, and a length that lies, are what the script says', async () => {
  server.script([accept(['a'], { ending: 'finish' }), accept(['a'], { as: 'lines', framing: 99, ending: 'end' })])
  const unmarked = await endedClient()
  expect(unmarked.ended).toBe('fin')
  expect(unmarked.body()).not.toContain('0\r\n\r\n')
  const short = await endedClient(requestText('/'))
  expect(short.bytes().toString()).toContain('content-length: 99\r\n')
  expect(short.body()).toBe('a\n')
})

test('a stalled answer goes no further and stays open', async () => {
  server.script([stallAt(3, accept(['hello', 'more'], { as: 'lines', framing: 'close' }), { of: 'body' })])
  const client = bareClient(server.url, events)
  await client.until(() => client.body() === 'hel')
  const [exchange] = server.exchanges
  await exchange?.send('nothing')
  for (let turns = 0; turns < 20; turns++) await turn()
  expect([client.body(), client.ended, exchange?.state, server.open]).toEqual(['hel', null, 'answering', 1])
  await exchange?.finish()
  await client.until(() => client.ended === 'fin')
})

test('a peer that vanished says nothing, and still sees its client leave', async () => {
  server.script([vanishAt(2, accept(['hello'], { as: 'lines', framing: 'close' }), { of: 'body' })])
  const client = bareClient(server.url, events)
  await client.until(() => client.body() === 'he')
  for (let turns = 0; turns < 20; turns++) await turn()
  expect([client.ended, server.open]).toEqual([null, 1])
  client.leave()
  await server.until(() => server.open === 0)
  expect(server.exchanges[0]?.ended).toBe('left')
})

test('a peer that does not even read lets the client fill the buffers between them', async () => {
  server.script([hang()])
  const client = bareClient(server.url, 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 999999999\r\n\r\n')
  await server.until(() => server.requests === 1)
  const [exchange] = server.exchanges
  exchange?.vanish({ reading: false })
  client.write('x'.repeat(4_000_000))
  for (let turns = 0; turns < 50; turns++) await turn()
  expect(exchange?.uploaded).toBeLessThan(4_000_000)
})

test('a slow answer writes so many bytes a tick and none between', async () => {
  server.script([slow(10, accept(['hello'], { as: 'lines', framing: 'close', ending: 'end' }))])
  const client = bareClient(server.url, requestText('/'))
  await server.until(() => server.requests === 1)
  for (let count = 1; count <= 5; count++) {
    await server.tick()
    await client.until(() => client.bytes().length >= count * 10)
    expect(client.bytes().length).toBe(count * 10)
  }
  while (client.ended === null) await server.tick()
  expect(client.body()).toBe('hello\n')
})

test('a clock may drive the ticks, and an idle server sets no timer', async () => {
  const timers: (() => void)[] = []
  const clock = { setTimeout: (run: () => void) => timers.push(run) }
  const clocked = await scriptedServer({ clock, script: [slow(1_000, accept(['hello'], { ending: 'end' }))] })
  expect(timers).toEqual([])
  const client = bareClient(clocked.url, events)
  while (client.ended === null) {
    timers.shift()?.()
    await turn()
  }
  expect(client.body()).toContain('data: hello')
  expect(timers).toEqual([])
  await clocked.close()
})

test('a split answer arrives in pieces of these sizes, characters torn', async () => {
  server.script([split([1], accept(['é€😀'], { as: 'lines', framing: 'close', ending: 'end' }))])
  const client = await endedClient()
  expect(client.chunks.every(({ length }) => length === 1)).toBe(true)
  expect(client.body()).toBe('é€😀\n')
  server.script([split([3, 2], accept([new Uint8Array(8)], { as: 'body', framing: 'close', ending: 'end' }))])
  const sizes = (await endedClient()).chunks.map(({ length }) => length)
  expect(sizes.at(0)).toBe(3)
  expect(sizes.slice(-4)).toEqual([3, 2, 2, 1])
})

test('a reset does not wait for ticks that never come', async () => {
  server.script([slow(1, accept(['hello']))])
  const client = bareClient(server.url, events)
  await server.until(() => server.requests === 1)
  await server.exchanges[0]?.reset()
  await client.until(() => client.ended === 'rst')
})

test('events have their fields, comments and heartbeats', async () => {
  server.script([
    async (exchange) => {
      await exchange.accept()
      await exchange.send({ data: 'one\ntwo', event: 'pair', id: '7', retry: 250, comment: 'hi' })
      await exchange.send({ retry: '1e3' })
      await exchange.heartbeat()
      await exchange.end()
    },
  ])
  const expected = ': hi\nevent: pair\nid: 7\nretry: 250\ndata: one\ndata: two\n\nretry: 1e3\n\n:\n\n'
  expect(await (await fetch(server.url, { headers: { accept: 'text/event-stream' } })).text()).toBe(expected)
})

test('raw bytes are the answer itself, or go between its chunks', async () => {
  server.script([
    raw('SSH-2.0-OpenSSH_9.6\r\n', 'finish'),
    async (exchange) => {
      await exchange.accept({ as: 'body' })
      await exchange.raw('zz\r\nno chunk\r\n')
      await exchange.finish()
    },
  ])
  expect((await endedClient()).bytes().toString()).toBe('SSH-2.0-OpenSSH_9.6\r\n')
  expect((await endedClient()).body()).toBe('zz\r\nno chunk\r\n')
})

test('header fields keep their order, spelling and repetition', async () => {
  const headers = [
    ['Content-TYPE', 'text/plain'],
    ['x-many', '1'],
    ['X-Many', '2'],
  ] as const
  server.script([accept([], { headers, ending: 'end' })])
  const head = (await endedClient()).bytes().toString()
  expect(head).toContain('200 OK\r\nContent-TYPE: text/plain\r\nx-many: 1\r\nX-Many: 2\r\n')
  expect(head.match(/content-type/gi)).toHaveLength(1)
})

test('items may come twice and out of order', async () => {
  const items = ['a', 'b', 'c']
  expect(duplicated(items, 1)).toEqual(['a', 'b', 'b', 'c'])
  expect(swapped(items, 0)).toEqual(['b', 'a', 'c'])
  expect(swapped(items, 9)).toEqual(items)
  server.script([accept(swapped(duplicated(items, 0), 2), { ending: 'end' })])
  const body = unchunked((await endedClient(requestText('/'))).body())
  expect(body.trim().split('\n')).toEqual(['a', 'a', 'c', 'b'])
})
