import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import {
  clearHttp2Rig,
  dialRequest,
  drain,
  type Handler,
  type HttpRig,
  http2Rig,
  httpRig,
  httpsRig,
  rejection,
  requestText,
  selfSigned,
  until,
  writeSlowly,
} from '../../test/rigs/http-rig.ts'
import { httpStream } from './http-stream.ts'
import type { HttpInput } from './request-input.ts'

interface Source {
  readonly name: string
  readonly rig: (handler: Handler) => Promise<HttpRig>
  readonly options: () => Promise<Partial<HttpInput>>
}

const trusting = async (): Promise<Partial<HttpInput>> => ({ tls: { ca: (await selfSigned()).cert } })

/** Every way in which bytes can come. */
const sources: readonly Source[] = [
  { name: 'node:http', rig: httpRig, options: async () => ({}) },
  { name: 'node:https', rig: httpsRig, options: trusting },
  { name: 'node:http2 by negotiation', rig: http2Rig, options: trusting },
  { name: 'HTTP/1.1 by choice', rig: http2Rig, options: async () => ({ ...(await trusting()), protocol: 'http/1.1' }) },
  { name: 'node:http2 without TLS', rig: clearHttp2Rig, options: async () => ({ protocol: 'h2' }) },
  { name: 'fetch', rig: httpRig, options: async () => ({ fetch: globalThis.fetch }) },
]

const text = { 'content-type': 'text/plain' }

describe.each(sources)('bytes over $name', ({ rig, options }) => {
  it('arrive whole, and the end is clean', async () => {
    const { url } = await rig((_request, response) => {
      void writeSlowly(response.writeHead(200, text), ['a\n', 'b\n', 'c']).then(() => response.end())
    })
    const { data, end } = await drain(await httpStream({ url, ...(await options()) }, dialRequest()))
    expect([data, end]).toEqual([['a', 'b', 'c'], false])
  })

  it('are not taken while nobody reads', async () => {
    let response: ServerResponse | undefined
    const piece = `${'x'.repeat(65_535)}\n`
    let stuck = false
    let written = 0
    const { url } = await rig((_request, answer) => {
      response = answer.writeHead(200, text)
      const fill = (): void => {
        while (written < 1_600) {
          written++
          if (!answer.write(piece)) return
        }
      }
      // The first stop is the stream's own; that it is never undone is the peer's.
      answer.on('drain', fill)
      fill()
      stuck = true
    })
    const link = await httpStream({ url, ...(await options()) }, dialRequest())
    await link.read(() => false)
    await until(() => stuck && response?.writableNeedDrain === true)
    const before = written
    // A round trip on another connection: long enough for any byte that was still on its way.
    const other = await rig((_request, answer) => answer.end())
    await drain(await httpStream({ url: other.url, ...(await options()) }, dialRequest()))
    expect(response?.writableNeedDrain).toBe(true)
    expect(written - before).toBeLessThan(400)
    expect(written).toBeLessThan(1_600)
    let count = 1
    while (count < 1_600) await link.read(() => ++count < 1_600)
    expect(written).toBe(1_600)
    link.close()
  })

  it('break off with network when the peer breaks off, after everything before', async () => {
    const { url } = await rig((_request, response) => {
      response.writeHead(200, text)
      void writeSlowly(response, ['a\n', 'b']).then(() => cut(response))
    })
    const { data, end } = await drain(await httpStream({ url, ...(await options()) }, dialRequest()))
    expect(data).toEqual(['a'])
    expect(end).toMatchObject({ code: 'network' })
  })

  it('break off with network when fewer come than were announced', async () => {
    const { url } = await rig((_request, response) => {
      response.writeHead(200, { ...text, 'content-length': '100' })
      void writeSlowly(response, ['a\n']).then(() => cut(response))
    })
    const { end } = await drain(await httpStream({ url, ...(await options()) }, dialRequest()))
    expect(end).toMatchObject({ code: 'network' })
  })

  it('reach a reader who was full when the peer broke off', async () => {
    let answer: ServerResponse | undefined
    const { url } = await rig((_request, response) => {
      answer = response
      response.writeHead(200, text).write('a\nb\n')
    })
    const link = await httpStream({ url, ...(await options()) }, dialRequest())
    await link.read(() => false)
    if (answer !== undefined) cut(answer)
    const { data, end } = await drain(link, 1)
    expect(data).toEqual(['b'])
    expect(end).toMatchObject({ code: 'network' })
  })

  it('leave no connection when the attempt is aborted before the headers', async () => {
    const { url, connections, asked } = await rig(() => undefined)
    const dial = dialRequest()
    const pending = rejection(httpStream({ url, ...(await options()) }, dial))
    await until(() => asked.length === 1)
    dial.abort()
    expect(await pending).toMatchObject({ code: 'aborted' })
    await until(() => connections() === 0)
  })

  it('leave no connection when the attempt is aborted while connecting', async () => {
    const { url, connections } = await rig(() => undefined)
    const dial = dialRequest()
    const pending = rejection(httpStream({ url, ...(await options()) }, dial))
    dial.abort()
    expect(await pending).toMatchObject({ code: 'aborted' })
    await until(() => connections() === 0)
  })

  it('leave no connection when the link is closed while it is read, and the read settles', async () => {
    const { url, connections } = await rig((_request, response) => response.writeHead(200, text).write('a\n'))
    const link = await httpStream({ url, ...(await options()) }, dialRequest())
    const reading = link.read(() => {
      link.close()
      return true
    })
    expect(await rejection(reading)).toMatchObject({ code: 'aborted' })
    link.close()
    await until(() => connections() === 0)
  })

  it('leave no connection when the link is closed while nobody reads', async () => {
    const { url, connections } = await rig((_request, response) => response.writeHead(200, text).write('a\n'))
    const link = await httpStream({ url, ...(await options()) }, dialRequest())
    link.close()
    expect(await rejection(link.read(() => true))).toMatchObject({ code: 'aborted' })
    await until(() => connections() === 0)
  })

  it('outlive the abort of a dial that is over', async () => {
    const { url } = await rig((_request, response) => response.writeHead(200, text).end('a\nb\n'))
    const dial = dialRequest()
    const link = await httpStream({ url, ...(await options()) }, dial)
    dial.abort()
    expect(await drain(link)).toMatchObject({ data: ['a', 'b'], end: false })
  })

  it('carry a body of any kind', async () => {
    const { url } = await rig((request, response) => {
      void requestText(request).then((body) => {
        response.writeHead(200, { 'content-type': 'application/x-ndjson' })
        response.end(JSON.stringify([request.method, request.headers['content-type']?.replace(/;.*/, ''), body]))
      })
    })
    const echo = async (body: NonNullable<HttpInput['body']>): Promise<unknown> => {
      const { data } = await drain(await httpStream({ url, body, ...(await options()) }, dialRequest()))
      return JSON.parse(String(data[0]))
    }
    const encoder = new TextEncoder()
    const stream = (): ReadableStream<Uint8Array> =>
      new ReadableStream({
        start(controller) {
          for (const piece of ['a', 'é', 'b'.repeat(200_000)]) controller.enqueue(encoder.encode(piece))
          controller.close()
        },
      })
    expect(await echo('text é')).toEqual(['POST', 'text/plain', 'text é'])
    expect(await echo({ a: [1] })).toEqual(['POST', 'application/json', '{"a":[1]}'])
    expect(await echo(new URLSearchParams({ q: 'é' }))).toEqual([
      'POST',
      'application/x-www-form-urlencoded',
      'q=%C3%A9',
    ])
    expect(await echo(encoder.encode('bytes'))).toEqual(['POST', null, 'bytes'])
    expect(await echo(new Blob(['blob'], { type: 'text/csv' }))).toEqual(['POST', 'text/csv', 'blob'])
    expect(await echo(() => stream())).toEqual(['POST', null, `aé${'b'.repeat(200_000)}`])
    const form = new FormData()
    form.set('field', 'value')
    expect(await echo(form)).toEqual(['POST', 'multipart/form-data', expect.stringContaining('value')])
  })

  it('come from nowhere when nobody listens there', async () => {
    const scheme = (await rig(() => undefined)).url.split(':')[0]
    const error = await rejection(
      httpStream({ url: `${scheme}://127.0.0.1:1/?secret=1`, ...(await options()) }, dialRequest()),
    )
    expect(error).toMatchObject({ code: 'network', repeatable: true })
    expect(String(error)).not.toContain('secret')
  })
})

/** Breaks a connection off; an HTTP/2 stream alone has no socket of its own. */
function cut(response: ServerResponse): void {
  const stream: unknown = Reflect.get(response, 'stream')
  if (typeof stream === 'object' && stream !== null && 'close' in stream && typeof stream.close === 'function')
    stream.close(8)
  else response.socket?.destroy()
}

describe('HTTP/2', () => {
  const lines = (request: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(200, text).write(`${request.httpVersion}\n`)
  }

  it('shares one connection per origin, and lets it go when nothing uses it', async () => {
    const { url, connections } = await http2Rig(lines)
    const options = await trusting()
    const links = await Promise.all(Array.from({ length: 5 }, () => httpStream({ url, ...options }, dialRequest())))
    expect(connections()).toBe(1)
    const versions: unknown[] = []
    for (const link of links) await link.read((item) => versions.push(item.data) < 0)
    expect(versions).toEqual(['2.0', '2.0', '2.0', '2.0', '2.0'])
    for (const link of links) link.close()
    await until(() => connections() === 0)
  })

  it('opens a second connection when the first is full', async () => {
    const rig = await http2Rig(lines)
    rig.server.updateSettings({ maxConcurrentStreams: 2 })
    const options = await trusting()
    const links = []
    for (let index = 0; index < 3; index++) links.push(await httpStream({ url: rig.url, ...options }, dialRequest()))
    expect(rig.connections()).toBe(2)
    for (const link of links) link.close()
  })

  it('does not queue behind a session that gave no answer', async () => {
    let silent = true
    const { url, connections, asked } = await http2Rig((request, response) => {
      if (!silent) lines(request, response)
    })
    const options = await trusting()
    const dial = dialRequest()
    const first = rejection(httpStream({ url, ...options }, dial))
    await until(() => asked.length === 1)
    dial.abort()
    await first
    silent = false
    const link = await httpStream({ url, ...options }, dialRequest())
    expect(connections()).toBe(2)
    link.close()
  })

  it('ends with network when the server goes away', async () => {
    const rig = await http2Rig(lines)
    const link = await httpStream({ url: rig.url, ...(await trusting()) }, dialRequest())
    const sessions: { destroy(): void }[] = []
    rig.server.on('session', (session) => sessions.push(session))
    const second = await httpStream({ url: rig.url, tls: { ca: (await selfSigned()).cert } }, dialRequest())
    for (const session of sessions) session.destroy()
    const { data, end } = await drain(second)
    expect(data).toEqual(['2.0'])
    expect(end).toMatchObject({ code: 'network' })
    link.close()
  })
})

describe('TLS', () => {
  it.each(['http/1.1', undefined] as const)('refuses a certificate that nobody vouches for (%s)', async (protocol) => {
    const { url } = await httpsRig((_request, response) => response.end())
    expect(await rejection(httpStream({ url, protocol }, dialRequest()))).toMatchObject({ code: 'tls' })
    const accepted = await httpStream({ url, protocol, tls: { rejectUnauthorized: false } }, dialRequest())
    expect((await drain(accepted)).end).toBe(false)
  })

  it('refuses through fetch too', async () => {
    const { url } = await httpsRig((_request, response) => response.end())
    expect(await rejection(httpStream({ url, fetch: globalThis.fetch }, dialRequest()))).toMatchObject({ code: 'tls' })
  })
})

describe('compressed answers', () => {
  it('are refused by Node, which did not ask for them', async () => {
    const seen: unknown[] = []
    const { url } = await httpRig((request, response) => {
      seen.push(request.headers['accept-encoding'])
      response.writeHead(200, { ...text, 'content-encoding': 'gzip' }).end('x')
    })
    expect(await rejection(httpStream({ url }, dialRequest()))).toMatchObject({ code: 'unexpected_content_type' })
    expect(seen).toEqual(['identity'])
  })
})
