import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Demo, startDemo } from './demo-server.ts'

let demo: Demo

beforeAll(async () => {
  demo = await startDemo({ port: 0 })
})
afterAll(() => demo.close())

const post = (path: string, headers: Record<string, string> = {}) => fetch(demo.url + path, { method: 'POST', headers })

/** Opens a stream and waits for its first bytes. */
async function openStream(panel: string, via = 'ndjson'): Promise<IncomingMessage> {
  const asked = request(`${demo.url}/v1/stream/telemetry?panel=${panel}&live=${via}&offset=now`, { agent: false })
  asked.end()
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  await once(answer, 'data')
  return answer
}

/** Resolves with whether a stream ended as it should or was torn. */
function endOf(answer: IncomingMessage): Promise<'ended' | 'torn'> {
  answer.resume()
  return new Promise((resolve) => {
    answer.once('end', () => resolve('ended'))
    answer.once('error', () => resolve('torn'))
  })
}

async function upgrade(query: string): Promise<string> {
  const { hostname, port } = new URL(demo.url)
  const socket = connect(Number(port), hostname)
  const head = [
    'GET /v1/ws?',
    query,
    ' HTTP/1.1\r\nHost: ',
    `${hostname}:${port}`,
    '\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n',
  ]
  const key =
    'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: statewire.v1.json\r\n\r\n'
  socket.write(head.join('') + key)
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk.toString('latin1')
    if (answer.includes('\r\n\r\n')) socket.destroy()
  })
  socket.on('error', () => {})
  await once(socket, 'close')
  return answer
}

describe('the page', () => {
  test('comes with its script, its style and a policy that allows nothing else', async () => {
    const page = await fetch(demo.url)
    expect(await page.text()).toContain('<script type="module" src="/main.js">')
    const policy = page.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toMatch(/unsafe|https?:|\*/)
    for (const [path, type] of [
      ['/main.js', 'text/javascript'],
      ['/style.css', 'text/css'],
      ['/icon.svg', 'image/svg+xml'],
    ]) {
      const file = await fetch(demo.url + path)
      expect(file.headers.get('content-type'), path).toContain(type)
      expect((await file.text()).length).toBeGreaterThan(100)
    }
  })

  test('has the inspector one click away, built for the first who asks and once', async () => {
    expect(await (await fetch(`${demo.url}/main.js`)).text()).toContain('/inspector/?here')
    const [page, again] = await Promise.all([1, 2].map(() => fetch(`${demo.url}/inspector/?here`)))
    expect(await page?.text()).toBe(await again?.text())
    const script = await fetch(`${demo.url}/inspector/main.js`)
    expect([script.status, script.headers.get('content-type')]).toEqual([200, 'text/javascript; charset=utf-8'])
    expect((await fetch(`${demo.url}/inspector/nothing.js`)).status).toBe(404)
  })

  test('asks nobody else for anything', async () => {
    const sources = await Promise.all(
      ['/', '/main.js', '/style.css'].map(async (path) => (await fetch(demo.url + path)).text()),
    )
    const addresses = sources.join().match(/https?:\/\/[a-z0-9.-]+/gi) ?? []
    // The namespace of SVG is a name, not an address; `.invalid` never resolves; XState links its docs in an error.
    expect(
      [...new Set(addresses)].filter((address) => !/w3\.org|\.invalid|stately\.ai|github\.com/.test(address)),
    ).toEqual([])
  })

  test('is not served to another name for this machine', async () => {
    const asked = request(demo.url, { headers: { host: 'rebound.example' } }).end()
    const [answer] = (await once(asked, 'response')) as [IncomingMessage]
    answer.resume()
    expect(answer.statusCode).toBe(403)
  })

  test('answers nonsense with a status, not with its end', async () => {
    for (const path of ['/nothing', '//', '/v1/stream/', '/%']) {
      const asked = request({ ...urlParts(), path }).end()
      const [answer] = (await once(asked, 'response')) as [IncomingMessage]
      answer.resume()
      expect(answer.statusCode, path).toBeGreaterThanOrEqual(400)
    }
    expect((await fetch(demo.url)).status).toBe(200)
  })
})

function urlParts(): { host: string; port: string } {
  const { hostname, port } = new URL(demo.url)
  return { host: hostname, port }
}

describe('the buttons', () => {
  test('refuse a panel or a fault that there is not, and another page', async () => {
    expect((await post('/demo/fault?panel=sse&fault=fire')).status).toBe(400)
    expect((await post('/demo/fault?panel=other&fault=cut')).status).toBe(400)
    expect((await post('/demo/fault?panel=sse&fault=cut', { origin: 'http://evil.example' })).status).toBe(403)
    expect((await fetch(`${demo.url}/demo/fault?panel=sse&fault=cut`)).status).toBe(404)
  })

  test('cut exactly the line of their panel', async () => {
    const [sse, ndjson] = [await openStream('sse', 'sse'), await openStream('ndjson')]
    const torn = endOf(sse)
    expect(await (await post('/demo/fault?panel=sse&fault=cut')).text()).toBe('1 sockets destroyed\n')
    expect(await torn).toBe('torn')
    await once(ndjson, 'data')
    ndjson.destroy()
  })

  test('take the server away from their panel only, at once and on each new attempt', async () => {
    const open = await openStream('ndjson')
    const torn = endOf(open)
    await post('/demo/fault?panel=ndjson&fault=down')
    expect(await torn).toBe('torn')
    await expect(openStream('ndjson')).rejects.toThrow()
    expect(await upgrade('panel=ndjson')).toBe('')
    const other = await openStream('sse', 'sse')
    other.destroy()
  })

  test('reject a request and a handshake with 503 and a floor for the next attempt', async () => {
    await post('/demo/fault?panel=websocket&fault=reject')
    const answer = await fetch(`${demo.url}/v1/stream/telemetry?panel=websocket`)
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1'])
    expect(await upgrade('panel=websocket')).toMatch(/^HTTP\/1\.1 503 [\s\S]*Retry-After: 1/)
    expect(await upgrade('panel=room')).toMatch(/^HTTP\/1\.1 101 /)
  })
})

describe('the log', () => {
  test('tells every number from the first on, and goes on telling', async () => {
    const socket = new WebSocket(`${demo.url.replace('http', 'ws')}/demo/log`)
    const news: { streams: { telemetry: { ranges: [number, number][] } } }[] = []
    socket.addEventListener('message', ({ data }) => news.push(JSON.parse(data)))
    while (news.length < 4) await once(socket, 'message')
    const [whole, ...fresh] = news.map(({ streams }) => streams.telemetry.ranges)
    expect(whole?.[0]?.[0]).toBe(1)
    const told = fresh.flat()
    for (const [index, [first, last]] of told.entries()) {
      expect(first).toBeLessThanOrEqual(last)
      if (index > 0) expect(first).toBe((told[index - 1]?.[1] ?? 0) + 1)
    }
    socket.close()
  })

  test('numbers each record as the record numbers itself', async () => {
    const records = (await (await fetch(`${demo.url}/v1/stream/telemetry`)).json()) as { seq: number; cpu: number }[]
    expect(records.map(({ seq }) => seq)).toEqual(records.map((_, index) => index + 1))
    expect(records.every(({ cpu }) => cpu >= 0 && cpu <= 100)).toBe(true)
  })
})

test('a second demo takes the next free port', async () => {
  const taken = Number(new URL(demo.url).port)
  const second = await startDemo({ port: taken })
  expect(Number(new URL(second.url).port)).toBeGreaterThan(taken)
  await second.close()
})
