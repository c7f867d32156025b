import { describe, expect, it } from 'vitest'
import { dialRequest, drain, httpRig, rejection, requestText, writeSlowly } from '../../test/rigs/http-rig.ts'
import { TransportError } from '../errors.ts'
import { sseConnection } from '../sse.ts'
import type { PositionStrategy } from './positions.ts'
import {
  asked,
  EVENTS,
  endpoint,
  eventsStep,
  isLast,
  RESPONSE_ID,
  readThrough,
  responsesStep,
  TEXTS,
} from './positions-rig.ts'
import { byCallback, byHeader, byQuery, lastEventId, noPositions, notAbove } from './positions-strategies.ts'
import type { SseInput } from './sse.ts'
import { sse } from './sse.ts'

const url = '/v1/responses/{id}?stream=true'
const responses = byQuery('starting_after', 'sequence_number', { id: 'response.id', url })

/** What a resumed request looks like to a server: at `position`, with more of the input. */
async function requestOf(positions: PositionStrategy, input: Partial<SseInput> = {}, position = '7') {
  const seen: unknown[] = []
  const rig = await httpRig(async (request, response) => {
    const { method, url: target, headers } = request
    seen.push({ method, target, headers, body: await requestText(request) })
    response.writeHead(204).end()
  })
  const given = { url: `${rig.url}/feed?lang=de`, query: { room: '1' }, body: { prompt: 'hi' }, ...input, positions }
  await drain(await sse(given, dialRequest({ position })))
  return Object(seen[0])
}

describe('a resumed request', () => {
  it('of byQuery is a GET of the same address, without what belongs to the first request', async () => {
    const headers = { authorization: 'Bearer a', 'content-type': 'text/x', 'Idempotency-Key': 'mine' }
    const request = await requestOf(byQuery('after', 'n'), { headers, idempotencyKey: 'k', lastEventId: 'x' })
    expect(request).toMatchObject({ method: 'GET', target: '/feed?lang=de&room=1&after=7', body: '' })
    expect(request.headers).toMatchObject({ authorization: 'Bearer a', accept: 'text/event-stream' })
    for (const name of ['content-type', 'content-length', 'idempotency-key', 'last-event-id'])
      expect(request.headers).not.toHaveProperty(name)
  })

  it('of byQuery goes to an address of its own, with the id encoded and without the query of the first', async () => {
    const strategy = byQuery('after', 'n', { id: 'id', url: '/runs/{id}/events?x={id}' })
    const request = await requestOf(strategy, {}, 'a%2F..%2Fb%3F/7')
    expect(request.target).toBe('/runs/a%2F..%2Fb%3F/events?x=a%2F..%2Fb%3F&after=7')
  })

  it('of byHeader and lastEventId names the position in UTF-8', async () => {
    const one = await requestOf(byHeader('X-After', 'n'), {}, 'größer €')
    expect(Buffer.from(one.headers['x-after'], 'latin1').toString()).toBe('größer €')
    const other = await requestOf(lastEventId({ url: 'rest' }), { lastEventId: 'x' }, 'größer €')
    expect(other).toMatchObject({ method: 'GET', target: '/rest' })
    expect(Buffer.from(other.headers['last-event-id'], 'latin1').toString()).toBe('größer €')
  })

  it('of byCallback is whatever the function says', async () => {
    const strategy = byCallback('n', async ({ after, id }) => ({
      method: 'PUT',
      query: { id },
      headers: ({ attempt }) => ({ 'x-attempt': String(attempt) }),
      body: { after },
    }))
    const request = await requestOf(strategy, { headers: async () => ({ 'x-own': '1' }) })
    expect(request).toMatchObject({ method: 'PUT', target: '/feed?lang=de&room=1&id=', body: '{"after":"7"}' })
    expect(request.headers).toMatchObject({ 'x-own': '1', 'x-attempt': '0', 'content-type': 'application/json' })
  })

  it('to another origin takes none of the headers along', async () => {
    const seen: unknown[] = []
    const other = await httpRig((request, response) => {
      seen.push(request.headers)
      response.writeHead(204).end()
    })
    const strategy = byCallback('n', () => ({ url: `${other.url}/x`, headers: { 'x-own': '1' } }))
    const input = {
      url: 'http://127.0.0.1:1/',
      headers: { authorization: 'Bearer secret', 'x-api-key': 's' },
      positions: strategy,
    }
    await drain(await sse(input, dialRequest({ position: '1' })))
    expect(seen).toEqual([expect.objectContaining({ 'x-own': '1' })])
    expect(JSON.stringify(seen)).not.toMatch(/secret|api-key/)
  })

  it('may be repeated, whatever its method', async () => {
    const rig = await httpRig((_request, response) => response.writeHead(503).end())
    const positions = byCallback('n', () => ({ method: 'POST', body: 'x' }))
    const failure = (position: string | null) =>
      rejection(sse({ url: rig.url, body: 'first', positions }, dialRequest({ position })))
    expect(await failure('1')).toMatchObject({ code: 'http_status', repeatable: true })
    expect(await failure(null)).toMatchObject({ code: 'http_status', repeatable: false })
  })

  it('that cannot be made fails the attempt without a request', async () => {
    const own = new TransportError('gap', 'It is gone.')
    const failing = (thrown: unknown) =>
      byCallback('n', () => {
        throw thrown
      })
    const failure = (positions: PositionStrategy) =>
      rejection(sse({ url: 'http://127.0.0.1:1/', positions }, dialRequest({ position: '1' })))
    expect(await failure(failing(own))).toBe(own)
    expect(await failure(failing(new Error('boom')))).toMatchObject({ code: 'internal' })
    expect(await failure(byCallback('n', () => ({ url: 'http://[' })))).toMatchObject({ code: 'bad_url' })
  })

  it('leaves send() where it was', async () => {
    const posted: string[] = []
    const rig = await httpRig((request, response) => {
      if (request.method === 'GET') response.writeHead(200, { 'content-type': 'text/event-stream' }).write(':\n\n')
      else {
        posted.push(`${request.url} ${request.headers.authorization}`)
        response.writeHead(204).end()
      }
    })
    const headers = { authorization: 'Bearer a' }
    const link = await sse(
      { url: `${rig.url}/v1/responses`, headers, positions: responses },
      dialRequest({ position: 'r/1' }),
    )
    await new Promise<void>((resolve) => void link.write?.([{ data: 'hi', settle: () => resolve() }]))
    link.close()
    expect(posted).toEqual(['/v1/responses Bearer a'])
  })
})

describe('the position of a connection', () => {
  it('holds the id and the number, and a new connection goes on from it without a POST', async () => {
    const first = await endpoint(
      (exchange) => responsesStep()(exchange.cutAt(400)),
      (exchange) => exchange.respond({ status: 404 }),
    )
    const input = { url: `${first.url}/v1/responses`, body: {}, until: isLast, positions: responses }
    const torn = await readThrough(sseConnection, input)
    expect(torn).toMatchObject({ stage: 'error', codes: ['network', 'http_status'] })
    const had = torn.data.length
    expect(torn.position).toBe(`${encodeURIComponent(RESPONSE_ID)}/${had - 1}`)
    const second = await endpoint(responsesStep())
    const rest = await readThrough(sseConnection, {
      ...input,
      url: `${second.url}/v1/responses`,
      position: torn.position,
    })
    expect([...torn.data, ...rest.data]).toEqual(TEXTS)
    expect(asked(second)).toEqual([
      `GET /v1/responses/${encodeURIComponent(RESPONSE_ID)}?stream=true&starting_after=${had - 1}`,
    ])
  })

  it.each(['7', 'a/b/c', '/7', 'a/', '%/7', '../7', '%2E%2E/7', ''])(
    'is refused when it is %j, which the strategy never gave',
    async (position) => {
      const failure = await rejection(
        sse({ url: 'http://127.0.0.1:1/', positions: responses }, dialRequest({ position })),
      )
      expect(failure).toMatchObject({
        code: 'bad_option',
        message: 'Option position must be one that this strategy gave.',
      })
    },
  )

  it('is none as long as the stream has not said its id, or says one that would leave its folder', async () => {
    for (const id of ['', '..', '.']) {
      const rig = await httpRig((_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.end(`id: 1\ndata: {"sequence_number":1,"response":{"id":"${id}"}}\n\nid: 2\n\n`)
      })
      const { items, end } = await drain(
        await sse({ url: rig.url, body: 'x', until: () => false, positions: responses }, dialRequest()),
      )
      expect(items.map(({ position }) => position)).toEqual([undefined])
      expect(end).toMatchObject({ code: 'interrupted', repeatable: false })
    }
  })

  it('stays with the last message that says one', async () => {
    const rig = await httpRig((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end('data: {"n":1}\n\ndata: ping\n\n')
    })
    const { items, end } = await drain(
      await sse({ url: rig.url, body: 'x', until: () => false, positions: byQuery('after', 'n') }, dialRequest()),
    )
    expect(items.map(({ position }) => position)).toEqual(['1', undefined])
    expect(end).toMatchObject({ code: 'interrupted', repeatable: true })
  })

  it('ends the connection when it cannot be found, behind what came before', async () => {
    const rig = await httpRig((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end('data: 1\n\ndata: 2\n\ndata: 3\n\n')
    })
    const pick = ({ data }: { data: unknown }): string => {
      if (data === '2') throw new Error('boom')
      return String(data)
    }
    const reading = await readThrough(sseConnection, { url: rig.url, positions: byQuery('after', pick) })
    expect(reading).toEqual({ data: ['1'], stage: 'error', codes: ['internal'], position: '1' })
    expect(rig.asked).toHaveLength(1)
  })
})

describe('repetitions', () => {
  it('are dropped with the events that have no id of their own', async () => {
    const rig = await httpRig((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end('data: a\n\nid: 1\ndata: b\n\ndata: c\n\nid: 2\ndata: d\n\ndata: e\n\nid: 2\n\nid: 3\n\ndata: f\n\n')
    })
    const positions = lastEventId({ isRepeat: notAbove })
    const read = async (position: string | null) =>
      (await drain(await sse({ url: rig.url, positions }, dialRequest({ position })))).items
    expect((await read(null)).map(({ data }) => data)).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
    expect(await read('1')).toEqual([
      { data: 'a', event: undefined, position: undefined },
      { data: 'd', event: undefined, position: '2' },
      { data: 'e', event: undefined, position: '2' },
      { data: 'f', event: undefined, position: '3' },
    ])
  })

  it('move no position, nor do ids without data that came before', async () => {
    const rig = await httpRig((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      void writeSlowly(response, ['id: 1\n\n', 'id: 5\n\n']).then(() => response.end())
    })
    const positions = lastEventId({ isRepeat: notAbove })
    const { items } = await drain(await sse({ url: rig.url, positions }, dialRequest({ position: '4' })))
    expect(items).toEqual([{ position: '5' }])
  })

  it('are handed over where nothing says what one is', async () => {
    const step = eventsStep('all again')
    const server = await endpoint((exchange) => step(exchange.cutAt(500)), step)
    const { data } = await readThrough(sseConnection, { url: server.url, until: isLast })
    expect(data.length).toBeGreaterThan(EVENTS.length)
  })

  it.each([
    ['1', '2', true],
    ['2', '2', true],
    ['3', '2', false],
    ['10', '9', false],
    ['010', '9', false],
    ['0010', '10', true],
    ['9007199254740992', '9007199254740993', true],
    ['9007199254740993', '9007199254740992', false],
    ['0', '0', true],
    ['a1', '2', false],
    ['1', 'b', false],
    ['-1', '2', false],
  ])('by number: %s behind %s is one: %s', (position, last, repeated) => {
    expect(notAbove(position, last)).toBe(repeated)
  })
})

describe('no positions', () => {
  it('are asked for nothing, and leave a POST alone', async () => {
    const seen: unknown[] = []
    const rig = await httpRig((request, response) => {
      seen.push(request.headers['last-event-id'])
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end('id: 1\ndata: a\n\nid: 2\n\n')
    })
    const { items, end } = await drain(await sse({ url: rig.url, positions: noPositions() }, dialRequest()))
    expect(items).toEqual([{ data: 'a', event: undefined, position: undefined }])
    expect(end).toMatchObject({ code: 'interrupted' })
    const posting = { url: rig.url, body: 'x', until: () => false, positions: noPositions() }
    expect(await readThrough(sseConnection, posting)).toMatchObject({ data: ['a'], stage: 'error', position: null })
    expect(seen).toEqual([undefined, undefined])
  })
})

describe('options of a strategy', () => {
  it.each<[string, () => unknown]>([
    ['parameter', () => byQuery('', 'n')],
    ['header', () => byHeader('', 'n')],
    ['pick', () => byQuery('after', '')],
    ['id', () => byCallback('n', () => ({}), { id: '' })],
    ['resume', () => byCallback('n', 'x' as never)],
    ['isRepeat', () => byQuery('after', 'n', { isRepeat: true as never })],
    ['isRepeat', () => lastEventId({ isRepeat: 'yes' as never })],
    ['url', () => byQuery('after', 'n', { id: 'id' })],
    ['url', () => byQuery('after', 'n', { url: '/{id}' })],
    ['url', () => byQuery('after', 'n', { id: 'id', url: '/x' })],
    ['url', () => lastEventId({ url: '/{id}' })],
    ['url', () => lastEventId({ url: new URL('http://a/') as never })],
  ])('refuses a %s that cannot work', (option, make) => {
    expect(make).toThrow(
      expect.objectContaining({ code: 'bad_option', message: expect.stringContaining(`Option ${option} `) }),
    )
  })

  it.each([null, {}, 'last-event-id', { begin: 1 }])('refuses %j for a strategy', async (positions) => {
    const failure = await rejection(sse({ url: 'http://127.0.0.1:1/', positions: positions as never }, dialRequest()))
    expect(failure).toMatchObject({ code: 'bad_option' })
  })
})
