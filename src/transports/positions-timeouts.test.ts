import { describe, expect, test } from 'vitest'
import { sseConnection } from '../sse.ts'
import { hang } from '../testing/server.ts'
import { asked, endpoint, isLast, readThrough, responsesStep, TEXTS } from './positions-rig.ts'
import { byQuery, lastEventId, noPositions } from './positions-strategies.ts'

const url = '/v1/responses/{id}?stream=true'
const positions = byQuery('starting_after', 'sequence_number', { id: 'response.id', url })
const patience = { body: {}, until: isLast, idleTimeout: 60, connectTimeout: 500, backoff: { base: 1, cap: 2 } }
const step = responsesStep()

describe('a POST whose answer falls silent', () => {
  test.for([
    ['behind its first message', 500],
    ['in the middle of its second', 560],
  ] as const)('%s is taken up by a GET, also when the first GET is never answered', async ([, bytes]) => {
    const server = await endpoint((exchange) => step(exchange.limitTo(bytes, 'stall')), hang(), step)
    const input = { ...patience, url: `${server.url}/v1/responses`, positions }
    const reading = await readThrough(sseConnection, input)
    expect(reading).toMatchObject({ data: TEXTS, stage: 'closed', codes: ['idle_timeout', 'connect_timeout'] })
    expect(asked(server).map((request) => request.slice(0, 4))).toEqual(['POST', 'GET ', 'GET '])
  })

  test.for([
    ['before its first message', positions],
    ['and has no positions', noPositions()],
    ['without a strategy', undefined],
  ] as const)('%s rests in error, and nobody sends it again', async ([told, strategy]) => {
    const bytes = told === 'before its first message' ? 150 : 500
    const server = await endpoint((exchange) => step(exchange.limitTo(bytes, 'stall')), step)
    const input = { ...patience, url: `${server.url}/v1/responses`, positions: strategy }
    expect(await readThrough(sseConnection, input)).toMatchObject({ stage: 'error', codes: ['idle_timeout'] })
    expect(asked(server)).toHaveLength(1)
  })

  test('behind an event that took its id back rests as well', async () => {
    const bodies = 'id: 1\ndata: a\n\nid\ndata: b\n\n'
    const server = await endpoint(async (exchange) => {
      await exchange.accept({ as: 'sse' })
      await exchange.send(new TextEncoder().encode(bodies))
    })
    const input = { ...patience, url: server.url, positions: lastEventId() }
    expect(await readThrough(sseConnection, input)).toMatchObject({ data: ['a', 'b'], stage: 'error', position: '' })
    expect(asked(server)).toHaveLength(1)
  })
})
