import { describe, expect, it } from 'vitest'
import { dialRequest, drain, httpRig, rejection, writeSlowly } from '../../test/rigs/http-rig.ts'
import { TransportError } from '../errors.ts'
import type { Message } from '../link.ts'
import { type SseInput, sse } from './sse.ts'

const stream = { 'content-type': 'text/event-stream' }

/** Serves one body and reads it to its end. */
async function read(body: string | Uint8Array, options: Partial<SseInput> = {}, dial = dialRequest()) {
  const rig = await httpRig((_request, response) => response.writeHead(200, stream).end(body))
  return drain(await sse({ url: rig.url, ...options }, dial))
}

describe('reading an event stream', () => {
  it('delivers data, event name and the last id as the position', async () => {
    const { items } = await read('data: one\n\nid: 7\nevent: room\ndata: two\ndata: lines\n\ndata: three\n\n')
    expect(items).toEqual([
      { data: 'one', event: undefined, position: undefined },
      { data: 'two\nlines', event: 'room', position: '7' },
      { data: 'three', event: undefined, position: '7' },
    ])
  })

  it('makes the same of it wherever the bytes are cut', async () => {
    const bytes = new TextEncoder().encode('\ufeffid: 1\r\ndata: é€😀\r\n\r\n: note\rdata: b\r\revent: x\ndata: c\n\n')
    const pieces = Array.from(bytes, (_byte, index) => bytes.subarray(index, index + 1))
    const rig = await httpRig((_request, response) => {
      void writeSlowly(response.writeHead(200, stream), pieces).then(() => response.end())
    })
    const { data } = await drain(await sse({ url: rig.url }, dialRequest()))
    expect(data).toEqual(['é€😀', 'b', 'c'])
  })

  it('delivers the same to a consumer that is full after every message', async () => {
    const body = Array.from({ length: 50 }, (_value, index) => `id: ${index}\ndata: ${index}\n\n`).join('')
    const rig = await httpRig((_request, response) => response.writeHead(200, stream).end(body))
    const { items } = await drain(await sse({ url: rig.url }, dialRequest()), 1)
    expect(items.map((item) => item.position)).toEqual(Array.from({ length: 50 }, (_value, index) => String(index)))
  })

  it('tells an id without data as a bookmark', async () => {
    const { items } = await read('data: a\n\nid: 5\n\n')
    expect(items.at(-1)).toEqual({ position: '5' })
  })

  it('ignores an id with NUL in it', async () => {
    const { items } = await read('id: 1\ndata: a\n\nid: 2\0\ndata: b\n\n')
    expect(items.map((item) => item.position)).toEqual(['1', '1'])
  })

  it('delivers only the names it was asked for, and still moves the position', async () => {
    const { items } = await read('id: 1\nevent: a\ndata: x\n\nid: 2\nevent: b\ndata: y\n\nid: 3\ndata: z\n\n', {
      events: ['a'],
    })
    expect(items).toEqual([{ data: 'x', event: 'a', position: '1' }, { position: '3' }])
  })

  it('takes digits of retry as a floor of at most ten minutes, and nothing else', async () => {
    const dial = dialRequest()
    await read('retry: 999999999999\n\nretry: -1\n\nretry: 1e3\n\nretry: 1500\n\n', {}, dial)
    expect(dial.floors).toEqual([600_000, 1_500])
  })

  it('hears each chunk, comments too', async () => {
    const dial = dialRequest()
    await read(': heartbeat\n\n', {}, dial)
    expect(dial.heardTimes()).toBeGreaterThanOrEqual(2)
  })

  it('drops an event without its blank line', async () => {
    const { data } = await read('data: a\n\ndata: b\n')
    expect(data).toEqual(['a'])
  })
})

describe('the end of an event stream', () => {
  it('is interrupted after a GET', async () => {
    const { end } = await read('data: a\n\n')
    expect(end).toMatchObject({ code: 'interrupted', repeatable: true })
  })

  it('is the end after a POST', async () => {
    const { data, end } = await read('data: a\n\n', { method: 'POST' })
    expect([data, end]).toEqual([['a'], false])
  })

  it('is interrupted and not repeatable after a POST whose last message never came', async () => {
    const { end } = await read('data: a\n\n', { method: 'POST', until: ({ data }) => data === '[DONE]' })
    expect(end).toMatchObject({ code: 'interrupted', repeatable: false })
  })

  it('is repeatable after a POST with an idempotency key', async () => {
    const { end } = await read('', { method: 'POST', idempotencyKey: 'abc', until: () => false })
    expect(end).toMatchObject({ code: 'interrupted', repeatable: true })
  })

  it('comes with the terminal message, which is delivered, and nothing after it', async () => {
    const rig = await httpRig((_request, response) => {
      response.writeHead(200, stream).write('data: a\n\ndata: [DONE]\n\ndata: b\n\n')
    })
    const until = ({ data }: Message): boolean => data === '[DONE]'
    const { data, end } = await drain(await sse({ url: rig.url, until }, dialRequest()), 1)
    expect([data, end]).toEqual([['a', '[DONE]'], false])
  })

  it('comes at once with 204', async () => {
    const rig = await httpRig((_request, response) => response.writeHead(204).end())
    expect(await drain(await sse({ url: rig.url, until: () => false }, dialRequest()))).toEqual({
      items: [],
      data: [],
      end: false,
    })
  })

  it('is network when the connection breaks', async () => {
    const rig = await httpRig((_request, response) => {
      response.writeHead(200, stream)
      void writeSlowly(response, ['data: a\n\n']).then(() => response.destroy())
    })
    const { data, end } = await drain(await sse({ url: rig.url }, dialRequest()))
    expect(data).toEqual(['a'])
    expect(end).toMatchObject({ code: 'network' })
  })
})

describe('what an event stream refuses', () => {
  it('names the content type that came instead', async () => {
    const rig = await httpRig((_request, response) =>
      response.writeHead(200, { 'content-type': 'Text/HTML; charset=x' }).end('<p>'),
    )
    const error = await rejection(sse({ url: rig.url }, dialRequest()))
    expect(error).toMatchObject({ code: 'unexpected_content_type', contentType: 'text/html', status: 200 })
    expect(String(error)).toContain('text/html')
  })

  it.each([
    ['3', 3_000],
    ['999999999', 600_000],
    ['-1', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    [new Date(Date.now() - 5_000).toUTCString(), 0],
    ['Sunday, 06-Nov-94 08:49:37 GMT', 0],
  ])('reads Retry-After: %s', async (value, expected) => {
    const rig = await httpRig((_request, response) => response.writeHead(503, { 'retry-after': value }).end('down'))
    const error = await rejection(sse({ url: rig.url }, dialRequest()))
    expect(error).toMatchObject({ code: 'http_status', status: 503, retryAfterMs: expected })
  })

  it('reads Retry-After as a date in the future', async () => {
    const value = new Date(Date.now() + 60_000).toUTCString()
    const rig = await httpRig((_request, response) => response.writeHead(429, { 'retry-after': value }).end())
    const error = await rejection(sse({ url: rig.url }, dialRequest()))
    if (!(error instanceof TransportError)) throw error
    expect(error.retryAfterMs).toBeGreaterThan(50_000)
    expect(error.retryAfterMs).toBeLessThanOrEqual(60_000)
  })

  it('stops at bytes that are not UTF-8, after everything before them', async () => {
    const body = Buffer.concat([Buffer.from('data: é\n\ndata: b'), Buffer.from([0xff]), Buffer.from('\n\ndata: c\n\n')])
    const { data, end } = await read(body)
    expect(data).toEqual(['é'])
    expect(end).toMatchObject({ code: 'invalid_utf8' })
  })

  it.each(['whole', 'in pieces', 'as many lines'])('stops at an event over the limit that comes %s', async (how) => {
    const long = how === 'as many lines' ? 'data: aaaa\n'.repeat(30) : `data: ${'a'.repeat(101)}`
    const rig = await httpRig((_request, response) => {
      const pieces = [
        `data: ${'é'.repeat(50)}\n\n`,
        ...(how === 'whole' ? [`${long}\n\n`] : (`${long}\n\n`.match(/[\s\S]{1,7}/g) ?? [])),
      ]
      void writeSlowly(response.writeHead(200, stream), pieces)
    })
    const { data, end } = await drain(await sse({ url: rig.url, maxMessageBytes: 100 }, dialRequest()))
    expect(data).toEqual(['é'.repeat(50)])
    expect(end).toMatchObject({ code: 'limit_exceeded' })
  })

  it('refuses options that cannot work', async () => {
    const url = 'http://127.0.0.1:1'
    const events: unknown = 'a'
    expect(await rejection(sse({ url, events } as SseInput, dialRequest()))).toMatchObject({ code: 'bad_option' })
    expect(await rejection(sse({ url, maxMessageBytes: 0 }, dialRequest()))).toMatchObject({ code: 'bad_option' })
  })
})

describe('what an event stream asks for', () => {
  it('sends the position as Last-Event-ID, in UTF-8', async () => {
    const seen: (string | undefined)[] = []
    const rig = await httpRig((request, response) => {
      const id = request.headers['last-event-id']
      seen.push(typeof id === 'string' ? Buffer.from(id, 'latin1').toString() : undefined)
      response.writeHead(204).end()
    })
    await drain(await sse({ url: rig.url, lastEventId: 'given' }, dialRequest()))
    await drain(await sse({ url: rig.url, lastEventId: 'given' }, dialRequest({ position: 'größer €' })))
    await drain(await sse({ url: rig.url }, dialRequest({ position: '' })))
    expect(seen).toEqual(['given', 'größer €', undefined])
  })

  it('shows each answer to onAnswer first, with its details', async () => {
    const rig = await httpRig((_request, response) =>
      response.writeHead(410, { 'stream-reset': 'trimmed' }).end('{"lost":3}'),
    )
    const refuse = new TransportError('gap', 'History is gone.')
    const error = await rejection(
      sse(
        {
          url: rig.url,
          onAnswer: async (answer) => {
            expect([answer.status, answer.header('Stream-Reset'), await answer.text()]).toEqual([
              410,
              'trimmed',
              '{"lost":3}',
            ])
            throw refuse
          },
        },
        dialRequest(),
      ),
    )
    expect(error).toBe(refuse)
  })
})
