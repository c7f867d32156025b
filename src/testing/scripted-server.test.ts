import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bareClient, requestText } from '../../test/testing/bare-client.ts'
import { accept, drop, hang, page, redirect, refuse, type ScriptedServer, scriptedServer } from './server.ts'

let server: ScriptedServer
beforeEach(async () => {
  server = await scriptedServer()
})
afterEach(() => server.close())

const statusOf = async (path = '/'): Promise<number> => (await fetch(server.url + path)).status

test('an exchange that no step takes is held until somebody answers it', async () => {
  const answer = fetch(`${server.url}/room?from=3`, { method: 'POST', body: 'hello', headers: { 'x-name': 'ada' } })
  const exchange = await server.next()
  expect(exchange).toMatchObject({
    method: 'POST',
    url: '/room?from=3',
    path: '/room',
    state: 'held',
    isWebSocket: false,
  })
  expect(exchange.query.get('from')).toBe('3')
  expect(exchange.headers['x-name']).toBe('ada')
  expect(await exchange.text()).toBe('hello')
  expect(server.held).toEqual([exchange])

  await exchange.respond({ status: 201, headers: { 'x-kept': 'yes' }, body: 'thanks' })
  const response = await answer
  expect([response.status, response.headers.get('x-kept'), await response.text()]).toEqual([201, 'yes', 'thanks'])
  expect(exchange).toMatchObject({ state: 'over', ended: 'finished' })
  await server.until(() => server.open === 0)
})

test('a script answers one exchange after the other, and the rest is held', async () => {
  server.script([refuse(503), refuse(429)])
  expect([await statusOf(), await statusOf()]).toEqual([503, 429])
  const third = statusOf()
  await (await server.next()).respond({ status: 418 })
  expect(await third).toBe(418)
  expect(server.requests).toBe(3)
})

test('the last step repeats where the script says so', async () => {
  server.script([refuse(503), refuse(404)], 'repeat')
  expect([await statusOf(), await statusOf(), await statusOf()]).toEqual([503, 404, 404])
})

test('a standing rule answers beside the script, the latest one first', async () => {
  server.script([refuse(503)])
  server.always('/health', refuse(200))
  server.always(({ method }) => method === 'PUT', refuse(409))
  expect(await statusOf('/health')).toBe(200)
  expect((await fetch(server.url, { method: 'PUT', body: 'x' })).status).toBe(409)
  expect(await statusOf()).toBe(503)
})

test('a step is any async function over the exchange', async () => {
  server.script([async (exchange) => exchange.respond({ body: `read ${await exchange.text()}` })])
  expect(await (await fetch(server.url, { method: 'POST', body: 'this' })).text()).toBe('read this')
})

test('what a step throws resets its connection and comes out of close', async () => {
  const failing = await scriptedServer({
    script: [
      () => {
        throw new Error('a mistake in the script')
      },
    ],
  })
  await expect(fetch(failing.url)).rejects.toThrow()
  await expect(failing.close()).rejects.toThrow('a mistake in the script')
})

test('answering twice, and sending before accepting, are mistakes that say so', async () => {
  const answer = fetch(server.url)
  const exchange = await server.next()
  expect(() => exchange.send('early')).toThrow('accept() first')
  await exchange.respond({ body: 'once' })
  expect(() => exchange.respond({ body: 'twice' })).toThrow('answered already')
  expect(await (await answer).text()).toBe('once')
})

test('a client that leaves while it is held is seen to leave', async () => {
  server.script([hang()])
  const client = bareClient(server.url, requestText('/'))
  await server.until(() => server.held.length === 1)
  client.leave()
  await server.until(() => server.open === 0)
  expect(server.held).toEqual([])
  expect(server.exchanges[0]?.ended).toBe('left')
})

test('closing drops what is held', async () => {
  const other = await scriptedServer()
  const client = bareClient(other.url, requestText('/'))
  const exchange = await other.next()
  await other.close()
  await client.until(() => client.ended !== null)
  expect(exchange.ended).toBe('abandoned')
})

test('next waits for the exchange that is meant', async () => {
  const posted = fetch(`${server.url}/post`, { method: 'POST' })
  await server.until(() => server.requests === 1)
  const got = fetch(`${server.url}/get`)
  await (await server.next('/get')).respond({ body: 'got' })
  await (await server.next('/post')).respond({ body: 'posted' })
  expect([await (await got).text(), await (await posted).text()]).toEqual(['got', 'posted'])
})

test('two who wait for the next exchange get one each', async () => {
  const both = Promise.all([server.next(), server.next()])
  const answers = [fetch(`${server.url}/a`), fetch(`${server.url}/b`)]
  const [first, second] = await both
  expect([first.path, second.path].sort()).toEqual(['/a', '/b'])
  await Promise.all([first.respond({ body: first.path }), second.respond({ body: second.path })])
  for (const answer of answers) expect(await (await answer).text()).toBe(new URL((await answer).url).pathname)
})

test('Retry-After is a number, a date or nonsense', async () => {
  server.script([
    refuse(429, { retryAfter: 7 }),
    refuse(503, { retryAfter: new Date(0) }),
    refuse(503, { retryAfter: 'soon' }),
  ])
  const values = []
  for (let count = 0; count < 3; count++) values.push((await fetch(server.url)).headers.get('retry-after'))
  expect(values).toEqual(['7', 'Thu, 01 Jan 1970 00:00:00 GMT', 'soon'])
})

test('a refusal can be the HTML page of a proxy, a redirect names its target, a page is JSON', async () => {
  server.script([refuse(502, { html: true }), redirect(307, '/elsewhere'), page([1, 2], { 'stream-next-offset': '2' })])
  const html = await fetch(server.url)
  expect([html.status, html.headers.get('content-type')]).toEqual([502, 'text/html'])
  expect(await html.text()).toContain('<h1>502</h1>')
  const followed = await fetch(`${server.url}/here`)
  expect([followed.redirected, followed.headers.get('stream-next-offset')]).toEqual([true, '2'])
  expect(await followed.json()).toEqual([1, 2])
  expect(server.exchanges.map(({ path }) => path)).toEqual(['/', '/here', '/elsewhere'])
})

test('a dropped connection ends without a byte, by RST or by FIN', async () => {
  server.script([drop(), drop('finish')])
  const first = bareClient(server.url, requestText('/'))
  await first.until(() => first.ended !== null)
  const second = bareClient(server.url, requestText('/'))
  await second.until(() => second.ended !== null)
  expect([first.ended, second.ended]).toEqual(['rst', 'fin'])
  expect([first.bytes().length, second.bytes().length]).toEqual([0, 0])
  expect(server.exchanges.map(({ ended }) => ended)).toEqual(['reset', 'cut'])
})

test('a connection may be kept for the next request', async () => {
  server.script([accept(['one'], { keepAlive: true, ending: 'end' }), refuse(404)])
  const client = bareClient(server.url, requestText('/first'))
  await client.until(() => client.bytes().includes('0\r\n\r\n'))
  client.write(requestText('/second'))
  await client.until(() => client.bytes().includes('HTTP/1.1 404'))
  expect(server.exchanges.map(({ path }) => path)).toEqual(['/first', '/second'])
  await client.until(() => client.ended === 'fin')
})

test('a reader that does not read blocks the writer, and no longer when it reads', async () => {
  const client = bareClient(server.url, requestText('/'))
  const exchange = await (await server.next()).accept({ as: 'body' })
  client.pause()
  const block = new Uint8Array(65_536)
  let sent = 0
  while (!exchange.blocked) {
    void exchange.send(block)
    sent += block.length
    await turn()
  }
  let taken = false
  const rest = exchange.send(block).then(() => {
    taken = true
  })
  await turn()
  expect(taken).toBe(false)
  client.resume()
  await rest
  await exchange.end()
  await client.until(() => client.ended === 'fin')
  expect(client.bytes().length).toBeGreaterThan(sent + block.length)
})
