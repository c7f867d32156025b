import { describe, expect, test } from 'vitest'
import type { AnyActorLogic } from 'xstate'
import { httpStreamConnection } from '../http-stream.ts'
import { sseConnection } from '../sse.ts'
import type { Step } from '../testing/server.ts'
import type { PositionStrategy } from './positions.ts'
import {
  asked,
  EVENTS,
  endpoint,
  eventsStep,
  isLast,
  logStep,
  type Reading,
  type Replay,
  readThrough,
  responsesStep,
  TEXTS,
} from './positions-rig.ts'
import { byQuery, lastEventId, notAbove } from './positions-strategies.ts'

/** An endpoint, and how it is read. */
interface Row {
  readonly name: string
  readonly logic: AnyActorLogic
  readonly step: (replay: Replay, framing?: 'close') => Step
  readonly input: (origin: string) => object
  readonly positions: (isRepeat?: typeof notAbove) => PositionStrategy
  /** Nothing goes on before the first message is there, as the first request must not be sent again. */
  readonly posts: boolean
}

const rows: readonly Row[] = [
  {
    name: 'a responses API',
    logic: sseConnection,
    step: responsesStep,
    input: (origin) => ({ url: `${origin}/v1/responses`, body: { stream: true }, until: isLast }),
    positions: (isRepeat) =>
      byQuery('starting_after', 'sequence_number', {
        id: 'response.id',
        url: '/v1/responses/{id}?stream=true',
        isRepeat,
      }),
    posts: true,
  },
  {
    name: 'an event stream with ids behind a POST',
    logic: sseConnection,
    step: eventsStep,
    input: (origin) => ({ url: `${origin}/rpc`, body: '{}', until: isLast }),
    positions: (isRepeat) => lastEventId({ isRepeat }),
    posts: true,
  },
  {
    name: 'an event stream with ids',
    logic: sseConnection,
    step: eventsStep,
    input: (origin) => ({ url: `${origin}/events`, until: isLast }),
    positions: (isRepeat) => lastEventId({ isRepeat }),
    posts: false,
  },
  {
    name: 'a log of lines',
    logic: httpStreamConnection,
    step: logStep,
    input: (origin) => ({ url: `${origin}/log`, query: { tenant: 'a' }, until: isLast }),
    positions: (isRepeat) => byQuery('after', 'sequence_number', { isRepeat }),
    posts: false,
  },
]

/** So many runs at a time: one waits for its sockets while another works. */
const abreast = 8

async function forEach(numbers: readonly number[], work: (number: number) => Promise<void>): Promise<void> {
  const left = numbers.values()
  const worker = async (): Promise<void> => {
    for (const number of left) await work(number)
  }
  await Promise.all(Array.from({ length: abreast }, worker))
}

/** A head is all or nothing, so that a few cuts in it tell as much as many; behind it, every so many bytes. */
function placesUpTo(length: number, every = 1): number[] {
  const inHead = Array.from({ length: 6 }, (_value, index) => index * 20)
  const behind = Array.from({ length: Math.ceil((length - 120) / every) }, (_value, index) => 120 + index * every)
  return [...inHead, ...behind]
}

/** How long an undisturbed answer is, head included. */
async function lengthOf(row: Row, first: Step): Promise<number> {
  const server = await endpoint(first)
  const { data, stage } = await readThrough(row.logic, row.input(server.url))
  expect([data, stage]).toEqual([TEXTS, 'closed'])
  return server.exchanges[0]?.written ?? 0
}

function posts(requests: readonly string[]): number {
  return requests.filter((request) => request.startsWith('POST')).length
}

describe.each(rows)('$name, cut at every byte', (row) => {
  const check = ({ data, stage, codes }: Reading, requests: string[], told: string): void => {
    expect(
      codes.filter((code) => code !== 'network' && code !== 'interrupted'),
      told,
    ).toEqual([])
    if (row.posts) expect(posts(requests), told).toBe(1)
    // A POST that was cut before its first message has no place to go on from: it rests, and nobody sends it again.
    const torn = row.posts && data.length === 0
    expect([data, stage], told).toEqual(torn ? [[], 'error'] : [TEXTS, 'closed'])
    if (torn) expect(requests, told).toHaveLength(1)
  }

  test.for<[Replay, 'reset' | 'finish', 'close' | undefined, number]>([
    ['exact', 'reset', undefined, 1],
    ['exact', 'finish', 'close', 11],
    ['two again', 'reset', undefined, 11],
    ['all again', 'finish', 'close', 11],
  ])(
    'goes on behind the last message where the endpoint sends %s (%s)',
    { timeout: 60_000 },
    async ([replay, by, framing, every]) => {
      const step = row.step(replay, framing)
      const length = await lengthOf(row, step)
      expect(length).toBeGreaterThan(300)
      let resumed = 0
      const places = placesUpTo(length, every)
      await forEach(places, async (at) => {
        const server = await endpoint((exchange) => step(exchange.cutAt(at, { by })), step)
        const positions = row.positions(replay === 'exact' ? undefined : notAbove)
        const reading = await readThrough(row.logic, { ...row.input(server.url), positions })
        check(reading, asked(server), `cut after ${at} of ${length} bytes`)
        if (asked(server).length > 1) resumed++
      })
      expect(resumed).toBeGreaterThan(places.length / 2)
    },
  )

  test('goes on from cut to cut', { timeout: 60_000 }, async () => {
    await forEach([...Array(12).keys()], async (round) => {
      const step = row.step('exact')
      // The first message of a POST must come through, and is the longest; what follows is cut wherever it happens.
      const cuts = EVENTS.slice(2).map((_event, index): Step => {
        const bytes = (index === 0 ? 250 : 60) + ((round * 7 + index * 13) % 90)
        return (exchange) => step(exchange.cutAt(bytes, { by: 'finish', of: 'body' }))
      })
      const server = await endpoint(...cuts, step)
      const reading = await readThrough(row.logic, { ...row.input(server.url), positions: row.positions() })
      check(reading, asked(server), `round ${round}`)
      expect(asked(server).length, `round ${round}`).toBeGreaterThan(3)
    })
  })
})

describe('without a strategy', () => {
  test.for(rows.filter((row) => row.posts))('$name is never asked a second time', { timeout: 60_000 }, async (row) => {
    const step = row.step('exact')
    const length = await lengthOf(row, step)
    await forEach(placesUpTo(length), async (at) => {
      const server = await endpoint((exchange) => step(exchange.cutAt(at, { by: 'reset' })), step)
      const { data, stage } = await readThrough(row.logic, row.input(server.url))
      expect(asked(server), `cut after ${at} bytes`).toHaveLength(1)
      expect([data, stage]).toEqual([TEXTS.slice(0, data.length), data.length === TEXTS.length ? 'closed' : 'error'])
    })
  })
})
