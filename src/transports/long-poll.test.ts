import type { ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { dialRequest, drain, httpRig, rejection, until } from '../../test/rigs/http-rig.ts'
import { type LongPollInput, longPoll } from './long-poll.ts'

const json = (response: ServerResponse, body: unknown, headers: Record<string, string> = {}): void => {
  response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

/** Serves one answer with this type, and says that it is the last. */
async function readOne(body: string | Uint8Array, type: string, options: Partial<LongPollInput> = {}) {
  const rig = await httpRig((_request, response) => {
    response
      .writeHead(200, { ...(type ? { 'content-type': type } : {}), 'stream-closed': 'true', 'stream-next-offset': 'z' })
      .end(body)
  })
  return drain(await longPoll({ url: rig.url, ...options }, dialRequest()))
}

/** A log of numbers, two to a page. */
function logServer(length: number) {
  return httpRig((request, response) => {
    const after = Number(new URL(request.url ?? '', 'http://a').searchParams.get('offset') ?? 0)
    const page = Array.from({ length: Math.min(2, length - after) }, (_value, index) => after + index + 1)
    const next = after + page.length
    json(response, page, {
      'stream-next-offset': String(next),
      ...(next === length ? { 'stream-closed': 'true' } : {}),
    })
  })
}

describe('long-polling', () => {
  it.each([Number.POSITIVE_INFINITY, 1])('reads a log page by page (full every %d)', async (fullEvery) => {
    const rig = await logServer(5)
    const { items, end } = await drain(await longPoll({ url: rig.url }, dialRequest()), fullEvery)
    expect(end).toBe(false)
    expect(items).toEqual([
      { data: 1 },
      { data: 2, position: '2' },
      { data: 3 },
      { data: 4, position: '4' },
      { data: 5, position: '5' },
    ])
    expect(rig.asked).toEqual(['GET /', 'GET /?offset=2', 'GET /?offset=4'])
    expect(rig.connections()).toBe(1)
  })

  it('goes on from a position, and begins where it was told to', async () => {
    const rig = await logServer(4)
    await drain(await longPoll({ url: rig.url, startAt: '3' }, dialRequest()))
    await drain(await longPoll({ url: rig.url, startAt: '1' }, dialRequest({ position: '2' })))
    expect(rig.asked).toEqual(['GET /?offset=3', 'GET /?offset=2'])
  })

  it('asks again only when it is read', async () => {
    const rig = await logServer(50)
    const link = await longPoll({ url: rig.url }, dialRequest())
    await link.read(() => false)
    await link.read(() => false)
    expect(rig.asked).toHaveLength(1)
    await link.read(() => false)
    expect(rig.asked).toHaveLength(2)
    link.close()
  })

  it('sends back what it was given as an echo, and takes an empty answer for a bookmark', async () => {
    let polls = 0
    const rig = await httpRig((_request, response) => {
      polls++
      if (polls === 1) json(response, [], { 'stream-next-offset': 'a', 'stream-cursor': 'c1' })
      else if (polls === 2) response.writeHead(204, { 'stream-next-offset': 'b' }).end()
      else json(response, ['end'], { 'stream-next-offset': 'c', 'stream-closed': 'true' })
    })
    const { items } = await drain(await longPoll({ url: rig.url, delay: () => Promise.resolve() }, dialRequest()))
    expect(items).toEqual([{ position: 'a' }, { position: 'b' }, { data: 'end', position: 'c' }])
    expect(rig.asked).toEqual(['GET /', 'GET /?offset=a&cursor=c1', 'GET /?offset=b&cursor=c1'])
  })

  it('uses the names that the server uses', async () => {
    const rig = await httpRig((request, response) => {
      const done = request.url !== '/'
      json(response, [1], { 'x-next': 'n', 'x-token': 't', ...(done ? { 'x-end': 'true' } : {}) })
    })
    const names = {
      cursorParameter: 'after',
      cursorHeader: 'X-Next',
      closedHeader: 'X-End',
      echo: { header: 'X-Token', parameter: 'token' },
    }
    await drain(await longPoll({ url: rig.url, ...names }, dialRequest()))
    expect(rig.asked).toEqual(['GET /', 'GET /?after=n&token=t'])
  })

  it('does not spin against a server that answers at once and empty', async () => {
    const waits: number[] = []
    let polls = 0
    const rig = await httpRig((_request, response) =>
      response.writeHead(204, ++polls === 5 ? { 'stream-closed': 'true' } : {}).end(),
    )
    const delay: LongPollInput['delay'] = (milliseconds, signal) => {
      // Holding the first request is not what is measured here.
      if (milliseconds === 1_000) return new Promise((_resolve, reject) => signal.addEventListener('abort', reject))
      waits.push(milliseconds)
      return Promise.resolve()
    }
    await drain(await longPoll({ url: rig.url, delay }, dialRequest()))
    // A quarter of a second, then twice as long each time: what an answer took itself counts towards it.
    expect(waits).toHaveLength(4)
    for (const [index, wait] of waits.entries()) expect(Math.log2(wait / 250)).toBeCloseTo(index, 0)
  })

  it('counts as connected while the server holds its first answer back', async () => {
    let held: ServerResponse | undefined
    const rig = await httpRig((_request, response) => {
      held = response
    })
    const delay = async (): Promise<void> => until(() => held !== undefined)
    const link = await longPoll({ url: rig.url, delay }, dialRequest())
    const reading = drain(link)
    if (held !== undefined) json(held, [1], { 'stream-closed': 'true' })
    expect(await reading).toMatchObject({ data: [1], end: false })
  })

  it('ends with the terminal message', async () => {
    const rig = await httpRig((_request, response) => json(response, [1, 2, 3], { 'stream-next-offset': 'x' }))
    const { data, end } = await drain(
      await longPoll({ url: rig.url, until: (message) => message.data === 2 }, dialRequest()),
    )
    expect([data, end]).toEqual([[1, 2], false])
  })
})

describe('what an answer of long-polling holds', () => {
  it.each<[string, string, unknown[]]>([
    ['application/json', '[{"a":1},"b",null]', [{ a: 1 }, 'b', null]],
    ['application/json', '{"a":1}', [{ a: 1 }]],
    ['application/vnd.api+json', '[1]', [1]],
    ['application/x-ndjson', '{"a":1}\r\n\n{"b":2}', ['{"a":1}', '{"b":2}']],
    ['text/plain', 'é\nb', ['é\nb']],
    ['', '', []],
  ])('as %s', async (type, body, expected) => {
    const { data, end } = await readOne(body, type)
    expect([data, end]).toEqual([expected, false])
  })

  it('as bytes', async () => {
    const { data } = await readOne(Uint8Array.of(1, 255), 'application/octet-stream')
    expect(data.map((value) => (value instanceof Uint8Array ? [...value] : value))).toEqual([[1, 255]])
  })

  it('as the caller splits it', async () => {
    const { data } = await readOne('a|b', 'text/html', { split: (body) => body.split('|') })
    expect(data).toEqual(['a', 'b'])
  })

  it.each<[string, string | Uint8Array, string, Partial<LongPollInput>, string]>([
    ['JSON that is none', '[1,]', 'application/json', {}, 'decode_failed'],
    ['half an array', '[1,', 'application/json', {}, 'interrupted'],
    ['half a text', '["a\\"]', 'application/json', {}, 'interrupted'],
    ['bytes that are not UTF-8', Uint8Array.of(0x22, 0xff), 'text/plain', {}, 'invalid_utf8'],
    ['a message over the limit', 'é'.repeat(6), 'text/plain', { maxMessageBytes: 11 }, 'limit_exceeded'],
    ['a page over the limit', '1234567890', 'application/json', { maxPageBytes: 9 }, 'limit_exceeded'],
  ])('but not as %s', async (_name, body, type, options, expected) => {
    expect((await readOne(body, type, options)).end).toMatchObject({ code: expected })
  })
})

describe('long-polling that fails', () => {
  it('says so when dialling', async () => {
    const rig = await httpRig((request, response) => {
      if (request.url === '/html') response.writeHead(200, { 'content-type': 'text/html' }).end()
      else response.writeHead(503, { 'retry-after': '2' }).end()
    })
    expect(await rejection(longPoll({ url: rig.url }, dialRequest()))).toMatchObject({
      code: 'http_status',
      status: 503,
      retryAfterMs: 2_000,
    })
    expect(await rejection(longPoll({ url: `${rig.url}/html` }, dialRequest()))).toMatchObject({
      code: 'unexpected_content_type',
    })
    expect(await rejection(longPoll({ url: rig.url, body: 'x' }, dialRequest()))).toMatchObject({ code: 'bad_option' })
  })

  it('says so when reading, after the page before', async () => {
    const rig = await httpRig((request, response) => {
      if (request.url === '/') json(response, [1], { 'stream-next-offset': '1' })
      else request.socket.destroy()
    })
    const { data, end } = await drain(await longPoll({ url: rig.url }, dialRequest()))
    expect(data).toEqual([1])
    expect(end).toMatchObject({ code: 'network' })
  })

  it('delivers nothing of a page that was cut short', async () => {
    const rig = await httpRig((request, response) => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson', 'content-length': '100' })
      response.write('{"a":1}\n', () => request.socket.destroy())
    })
    expect(await drain(await longPoll({ url: rig.url }, dialRequest()))).toMatchObject({
      data: [],
      end: { code: 'network' },
    })
  })

  it('leaves no connection behind, aborted or closed while it waits', async () => {
    const rig = await httpRig((request, response) => {
      if (request.url === '/') json(response, [1], { 'stream-next-offset': '1' })
    })
    const dial = dialRequest()
    const pending = rejection(longPoll({ url: `${rig.url}/held` }, dial))
    await until(() => rig.asked.length === 1)
    dial.abort()
    expect(await pending).toMatchObject({ code: 'aborted' })
    const link = await longPoll({ url: rig.url }, dialRequest())
    const reading = rejection(link.read(() => true))
    await until(() => rig.asked.length === 3)
    link.close()
    expect(await reading).toMatchObject({ code: 'aborted' })
    await until(() => rig.connections() === 0)
  })
})
