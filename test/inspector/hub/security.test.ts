import { once } from 'node:events'
import { symlink, writeFile } from 'node:fs/promises'
import { get, type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { newTokens } from '../../../inspector/hub/tokens.ts'
import { simulatedClock } from '../../../src/testing/clock.ts'
import { settle } from '../../../src/testing/settle.ts'
import { app, heardOf, helloOf, hubUnderTest, pageDirectory, peer, viewer } from './rig.ts'

/** Over a socket of its own, the path as it is: `fetch` would tidy it up, and choose its own Host. */
async function raw(port: number, path: string, headers: Record<string, string> = {}, method = 'GET') {
  const asking = request({ host: '127.0.0.1', port, path, headers, method, agent: false }).end()
  const [response] = (await once(asking, 'response')) as [IncomingMessage]
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) text += chunk
  return { status: response.statusCode, headers: response.headers, text }
}

test('the page comes with a policy that lets nothing in or out', async () => {
  const hub = await hubUnderTest()
  const { status, headers, text } = await raw(hub.port, '/')
  expect([status, text]).toEqual([200, '<!doctype html><title>page</title>'])
  expect(headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy':
      `default-src 'self'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self' ws://127.0.0.1:${hub.port}; ` +
      "object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
  })
  expect((await raw(hub.port, '/main.js')).headers['content-type']).toBe('text/javascript; charset=utf-8')
  expect((await raw(hub.port, '/', {}, 'HEAD')).text).toBe('')
})

test('only a page of this machine or a listed one may hold it in a frame, and only by a door that never leads to the hub', async () => {
  const origins = [
    'https://app.example',
    "https://evil.example; script-src 'unsafe-inline'",
    'https://app.example/path',
    '*',
  ]
  const hub = await hubUnderTest({ origins })
  const asked = async (path: string): Promise<unknown> => {
    const { status, headers } = await raw(hub.port, path)
    expect(headers).not.toHaveProperty('cross-origin-opener-policy')
    return status === 200 ? /frame-ancestors (.*)$/.exec(String(headers['content-security-policy']))?.[1] : status
  }
  for (const path of ['/?standard', '/?window']) {
    expect([path, await asked(path)]).toEqual([path, 'http://127.0.0.1:* http://localhost:* https://app.example'])
  }
  for (const path of [
    ...['/', '/?', '/?here', '/?x', '/?Standard', '/?standard=', '/?standard&x', '/?x&standard', '/?standard&window'],
    ...['/?standard?', '/?%73tandard', '/?standardx', '/index.html', '/index.html?standard', '/main.js?standard'],
  ]) {
    expect([path, await asked(path)]).toEqual([path, "'none'"])
  }
  expect(await asked('//?standard')).toBe(400)
})

test.each(['evil.example', 'localhost', 'localhost:1', '127.0.0.1.evil.example:80', '[::1]', ':80'])(
  'nothing is answered under the name %j',
  async (host) => {
    const hub = await hubUnderTest()
    expect(await raw(hub.port, '/', { host })).toMatchObject({ status: 403, text: '{"error":"wrong_host"}' })
    await expect(peer(hub.appUrl, { headers: { host } })).rejects.toThrow('refused with 403')
    const asViewer = { origin: `http://${host}`, headers: { host } }
    await expect(peer(`ws://127.0.0.1:${hub.port}/viewer`, asViewer)).rejects.toThrow('refused with 403')
  },
)

test.each(['localhost', '127.0.0.1', 'LOCALHOST'])('it answers under its own name %s', async (name) => {
  const hub = await hubUnderTest()
  expect((await raw(hub.port, '/', { host: `${name}:${hub.port}` })).status).toBe(200)
})

test.runIf(Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1')))(
  'it answers at ::1 on the same port',
  async () => {
    const hub = await hubUnderTest()
    const response = await fetch(`http://[::1]:${hub.port}/`)
    expect(response.status).toBe(200)
  },
)

test.each([undefined, 'null', 'http://evil.example', 'http://127.0.0.1:1', 'https://127.0.0.1'])(
  'a page of the origin %j cannot look',
  async (origin) => {
    const hub = await hubUnderTest()
    const url = `ws://127.0.0.1:${hub.port}/viewer`
    const options = origin === undefined ? {} : { origin }
    await expect(peer(url, options)).rejects.toThrow('refused with 403')
  },
)

test('pages of this machine and allowed ones may tell; others may not, token or no token', async () => {
  const hub = await hubUnderTest({ origins: ['https://app.example'] })
  for (const origin of ['http://localhost:5173', 'http://[::1]', 'https://127.0.0.1:8443', 'https://app.example']) {
    await peer(hub.appUrl, { origin })
  }
  for (const origin of ['null', 'https://evil.example', 'http://localhost.evil.example', 'https://app.example:444']) {
    await expect(peer(hub.appUrl, { origin })).rejects.toThrow('refused with 403')
  }
})

describe('tokens', () => {
  test('are new each time, long, and not one for all', () => {
    const [one, two] = [newTokens(), newTokens()]
    const all = [one.app, one.viewer, two.app, two.viewer]
    expect(new Set(all).size).toBe(4)
    for (const token of all) expect(Buffer.from(token, 'base64url')).toHaveLength(16)
  })

  test('an app without one, with a wrong one or with the viewers’ is refused', async () => {
    const hub = await hubUnderTest()
    const door = `ws://127.0.0.1:${hub.port}/app`
    for (const query of ['', '?token=', '?token=wrong', `?token=${hub.viewerToken}`, `?Token=${hub.viewerToken}`]) {
      await expect(peer(door + query)).rejects.toThrow('refused with 401')
    }
    const refused = peer(door, { headers: { authorization: 'Bearer wrong' } })
    await expect(refused).rejects.toThrow('refused with 401')
  })

  test.each([
    ['none', {}],
    ['a wrong one', { token: 'wrong' }],
    ['no text', { token: 7 }],
    ['no JSON object', [1]],
  ])('a viewer that shows %s is told nothing and closed', async (_name, first) => {
    const hub = await hubUnderTest()
    await app(hub, 'secret')
    const url = `ws://127.0.0.1:${hub.port}/viewer`
    const stranger = await peer(url, { origin: hub.origin })
    stranger.send(first)
    stranger.send({ app: 'secret#1', asked: { kind: 'sync' } })
    expect(await stranger.closed).toBe(4401)
    expect(stranger.heard).toEqual([])
  })

  test('the app’s token opens no page', async () => {
    const hub = await hubUnderTest()
    const stranger = await peer(`ws://127.0.0.1:${hub.port}/viewer`, { origin: hub.origin })
    stranger.send({ token: new URL(hub.appUrl).searchParams.get('token') })
    expect(await stranger.closed).toBe(4401)
  })

  test('an opening address leads to the page once, and not after half a minute', async () => {
    const clock = simulatedClock()
    const hub = await hubUnderTest({ clock })
    const { pathname } = new URL(hub.openingUrl())
    expect(await raw(hub.port, pathname)).toMatchObject({
      status: 303,
      headers: { location: `/${new URL(hub.url).hash}` },
    })
    expect((await raw(hub.port, pathname)).status).toBe(404)
    const late = new URL(hub.openingUrl()).pathname
    await clock.advance(30_001)
    expect((await raw(hub.port, late)).status).toBe(404)
    expect((await raw(hub.port, '/open/')).status).toBe(404)
  })
})

test('no path leads out of the page’s directory', async () => {
  const page = await pageDirectory()
  await writeFile(`${page}-secret`, 'secret')
  await symlink(`${page}-secret`, join(page, 'link.txt'))
  const hub = await hubUnderTest({ page })
  const name = `${page.split('/').at(-1)}-secret`
  const paths = [`/../${name}`, `/%2e%2e/${name}`, `/..%2f${name}`, `/.//../${name}`, `/..\\${name}`, '/link.txt']
  for (const path of [...paths, '/etc/passwd', '/index.html%00.js', '/nothing', '//evil.example/index']) {
    const { status, text } = await raw(hub.port, path)
    expect([path, status, text]).toEqual([path, 404, '{"error":"not_found"}'])
  }
  expect((await raw(hub.port, 'http://[')).status).toBe(400)
  expect((await raw(hub.port, '/', {}, 'POST')).status).toBe(405)
})

test('what is no HTTP, or leaves in the middle of it, harms nobody', async () => {
  const hub = await hubUnderTest()
  const page = await viewer(hub)
  const rude = connect(hub.port, '127.0.0.1')
  onTestFinished(() => void rude.destroy())
  rude
    .on('error', () => undefined)
    .resume()
    .end('\x00\x01\x02 garbage\r\n\r\n')
  await once(rude, 'close')
  const leaving = connect(hub.port, '127.0.0.1')
  const { host, pathname, search } = new URL(hub.appUrl)
  leaving.write(`GET ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n`)
  leaving.write('Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n')
  await once(leaving, 'data')
  leaving.resetAndDestroy()
  await new Promise((resolve) => get(hub.origin, { agent: false }, resolve))
  const told = await app(hub, 'well-behaved')
  expect(await heardOf(page, 'well-behaved#1', 1)).toEqual([helloOf('well-behaved')])
  await settle(() => told.heard.length === 2)
})
