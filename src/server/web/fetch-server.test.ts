import { describe, expect, onTestFinished, test } from 'vitest'
import { createStreamServer } from '../index.ts'
import { HIGH_WATER_MARK } from './fetch-response.ts'

interface Asked extends RequestInit {
  readonly duplex?: 'half'
}

/** Asks a server that listens nowhere. */
type Ask = (path: string, init?: Asked) => Promise<Response>

const json = { 'Content-Type': 'application/json' }

function startServer(): { ask: Ask; close: () => Promise<void> } {
  // Everybody here is one address, that appends more than one address usually may.
  const limits = { bytesIn: { perSecond: Number.POSITIVE_INFINITY, burst: Number.POSITIVE_INFINITY } }
  const server = createStreamServer({ allowAnonymous: true, autoCreate: true, limits })
  const close = (): Promise<void> => server.close({ spreadMs: 0, graceMs: 1 })
  onTestFinished(close)
  const info = { address: '127.0.0.1' }
  return { close, ask: (path, init) => server.fetch(new Request(`http://127.0.0.1/v1/stream/${path}`, init), info) }
}

const append = (body: BodyInit): Asked => ({ method: 'POST', headers: json, body, duplex: 'half' })

/** The text of an open answer, up to what is looked for. */
async function textUntil(answer: Response, wanted: RegExp): Promise<{ text: string; cancel: () => Promise<void> }> {
  const reader = (answer.body ?? new ReadableStream()).getReader()
  const decoder = new TextDecoder()
  let text = ''
  while (!wanted.test(text)) {
    const { done, value } = await reader.read()
    if (done) throw new Error(`The answer ended too early: ${text.slice(-500)}`)
    text += decoder.decode(value, { stream: true })
  }
  return { text, cancel: () => reader.cancel() }
}

describe('over fetch', () => {
  test('a stream is created, appended to, read as a page, asked about, and deleted', async () => {
    const { ask } = startServer()
    const created = await ask('a', { method: 'PUT', headers: json })
    expect(created.status).toBe(201)
    expect(created.headers.get('location')).toMatch(/\/v1\/stream\/a$/)
    expect((await ask('a', append('[1,2]'))).status).toBe(204)
    const page = await ask('a?offset=-1')
    expect(await page.json()).toEqual([1, 2])
    const again = await ask('a?offset=-1', { headers: { 'If-None-Match': page.headers.get('etag') ?? '' } })
    expect([again.status, again.body]).toEqual([304, null])
    const head = await ask('a', { method: 'HEAD' })
    expect([head.status, head.body]).toEqual([200, null])
    expect(head.headers.get('stream-next-offset')).toBe(page.headers.get('stream-next-offset'))
    expect((await ask('a', { method: 'DELETE' })).status).toBe(204)
    expect((await ask('a?offset=-1')).status).toBe(404)
  })

  test('a refusal is a problem, whatever the path', async () => {
    const { ask } = startServer()
    const bad = await ask('a%2Fb')
    expect(bad.headers.get('content-type')).toBe('application/problem+json')
    expect(await bad.json()).toMatchObject({ status: 400, code: 'bad_path' })
    expect(await (await ask('../../elsewhere')).json()).toMatchObject({ status: 404, code: 'no_such_endpoint' })
    expect((await ask('a', { method: 'PATCH' })).status).toBe(405)
  })

  test('the page of another origin is kept out, the own one is let in', async () => {
    const { ask } = startServer()
    const foreign = await ask('a', { ...append('[1]'), headers: { ...json, Origin: 'http://127.0.0.1.evil' } })
    expect([foreign.status, foreign.headers.get('access-control-allow-origin')]).toEqual([403, null])
    const own = await ask('a', { ...append('[1]'), headers: { ...json, Origin: 'http://127.0.0.1' } })
    expect([own.status, own.headers.get('access-control-allow-origin')]).toEqual([204, 'http://127.0.0.1'])
  })

  test('a long-poll answers when there is something', async () => {
    const { ask } = startServer()
    await ask('a', { method: 'PUT', headers: json })
    const [polled] = await Promise.all([ask('a?offset=-1&live=long-poll'), ask('a', append('[1]'))])
    expect(await polled.json()).toEqual([1])
  })

  test('an event stream is live, and goes on at the position it named', async () => {
    const { ask } = startServer()
    await ask('a', append('[1]'))
    const live = await ask('a?offset=-1&live=sse')
    expect(live.headers.get('content-type')).toBe('text/event-stream')
    const first = await textUntil(live, /^id: ?\w+1\n/m)
    expect(first.text).toContain('[1]')
    await first.cancel()
    await ask('a', append('[2]'))
    const position = /^id: ?(\w+1)$/m.exec(first.text)?.[1] ?? ''
    const second = await textUntil(
      await ask('a?offset=-1&live=sse', { headers: { 'Last-Event-ID': position } }),
      /\[2\]/,
    )
    expect(second.text).not.toContain('[1]')
    await second.cancel()
  })

  test('a reader that stands still holds little, and misses nothing', async () => {
    const { ask } = startServer()
    await ask('a', { method: 'PUT', headers: json })
    const live = await ask('a?offset=-1&live=ndjson')
    const record = 'x'.repeat(100_000)
    // More than the high-water mark by far, while nobody reads.
    for (let number = 1; number <= 20; number++) await ask('a', append(JSON.stringify({ number, record })))
    const reader = (live.body ?? new ReadableStream()).getReader()
    const first = await reader.read()
    expect(first.value?.length).toBeLessThan(HIGH_WATER_MARK + 110_000)
    let text = new TextDecoder().decode(first.value)
    while (!text.includes('"number":20')) text += new TextDecoder().decode((await reader.read()).value)
    const numbers = [...text.matchAll(/"number":(\d+)/g)].map(([, number]) => Number(number))
    expect(numbers).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
    await reader.cancel()
  })

  test('an upload without an end is stopped at its limit', async () => {
    const { ask } = startServer()
    let sent = 0
    let cancel = (): void => {}
    const cancelled = new Promise<void>((resolve) => {
      cancel = resolve
    })
    const body = new ReadableStream({
      pull(controller) {
        sent += 65_536
        controller.enqueue(new Uint8Array(65_536).fill(0x20))
      },
      cancel: () => cancel(),
    })
    const refused = await ask('a', append(body))
    expect(refused.status).toBe(413)
    await cancelled
    expect(sent).toBeLessThan(1_400_000)
  })

  test('open answers end when the server closes, and later ones are refused', async () => {
    const { ask, close } = startServer()
    await ask('a', append('[1]'))
    const live = await ask('a?offset=-1&live=sse')
    const text = live.text()
    await close()
    expect(await text).toContain('drainInMs')
    expect((await ask('a?offset=-1')).status).toBe(503)
  })
})
