import { describe, expect, it } from 'vitest'
import { dialRequest, drain, httpRig } from '../../test/rigs/http-rig.ts'
import { connection } from '../connection/connection.ts'
import { longPollConnection } from '../long-poll.ts'
import { accept, type Step } from '../testing/server.ts'
import { type LongPollInput, longPoll } from './long-poll.ts'
import { positioned } from './positions-dial.ts'
import { asked, endpoint, readThrough } from './positions-rig.ts'
import { byQuery, notAbove } from './positions-strategies.ts'
import { webSocket } from './websocket.ts'

const updates = Array.from({ length: 7 }, (_value, index) => ({ update_id: index + 1 }))

/** Pages of two updates from `offset` on, and no header that says where the next one begins. */
function updatesStep(overlap = 0): Step {
  return (exchange) => {
    const from = Math.max(0, Number(exchange.query.get('offset') ?? 1) - 1 - overlap)
    const body = JSON.stringify({ ok: true, result: updates.slice(from, from + 2 + overlap) })
    return exchange.respond({ headers: { 'content-type': 'application/json' }, body })
  }
}

const polling = {
  split: (body: string) => JSON.parse(body).result,
  until: ({ data }: { data: unknown }) => Object(data).update_id === updates.length,
}

describe('long-polling with positions in the messages', () => {
  const numbered = ({ data }: { data: unknown }): number => Object(data).update_id + 1

  it('asks for each page from behind the one before', async () => {
    const server = await endpoint(updatesStep())
    const positions = byQuery('offset', numbered)
    const reading = await readThrough(longPollConnection, { url: `${server.url}/getUpdates`, positions, ...polling })
    expect(reading).toMatchObject({ data: updates, stage: 'closed', position: '8' })
    expect(asked(server)).toEqual(['', '?offset=3', '?offset=5', '?offset=7'].map((query) => `GET /getUpdates${query}`))
  })

  it('goes on behind the last update wherever an answer is cut', async () => {
    const step = updatesStep(1)
    const positions = byQuery('offset', numbered, { isRepeat: notAbove })
    const whole = await endpoint(step)
    await readThrough(longPollConnection, { url: whole.url, positions, ...polling })
    const length = whole.exchanges[1]?.written ?? 0
    expect(length).toBeGreaterThan(100)
    for (let at = 0; at < length; at += 5) {
      const server = await endpoint(step, (exchange) => step(exchange.cutAt(at)), step)
      const input = { url: server.url, positions, ...polling }
      const { data, codes } = await readThrough(longPollConnection, input)
      expect(data, `cut after ${at}`).toEqual(updates)
      expect(codes, `cut after ${at}`).toHaveLength(1)
    }
  })

  it('takes a page of nothing but repetitions for an empty one, and asks again only after a pause', async () => {
    const pauses: number[] = []
    const rig = await httpRig((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('[{"n":1},{"n":2}]')
    })
    const link = await longPoll(
      {
        url: rig.url,
        positions: byQuery('after', 'n', { isRepeat: notAbove }),
        delay: async (milliseconds, signal) => {
          if (milliseconds === 1_000) await new Promise((_resolve, reject) => signal.addEventListener('abort', reject))
          pauses.push(milliseconds)
          if (pauses.length === 4) link.close()
        },
      } satisfies LongPollInput,
      dialRequest(),
    )
    const { items, end } = await drain(link)
    expect(items).toEqual([
      { data: { n: 1 }, position: '1' },
      { data: { n: 2 }, position: '2' },
    ])
    expect(end).toMatchObject({ code: 'aborted' })
    expect(rig.asked.slice(0, 2)).toEqual(['GET /', 'GET /?after=2'])
    // Less what the answers took; the fourth is 2,000 ms.
    expect(pauses[3]).toBeGreaterThan(1_000)
  })

  it('lets no cursor of its own protocol speak beside the strategy', async () => {
    const rig = await httpRig((_request, response) => {
      // Not with this request: it is counted behind us.
      const before = rig.asked.length
      const headers = { 'content-type': 'application/json', 'stream-next-offset': `x${before}` }
      response.writeHead(200, { ...headers, ...(before === 2 && { 'stream-closed': 'true' }) })
      response.end(['[{"n":1}]', '[]', '[{"n":2}]'][before])
    })
    const delay = async (milliseconds: number): Promise<void> => {
      if (milliseconds === 1_000) await new Promise(() => {})
    }
    const positions = byQuery('after', 'n')
    const { items } = await drain(await longPoll({ url: rig.url, startAt: 'start', positions, delay }, dialRequest()))
    expect(items).toEqual([
      { data: { n: 1 }, position: '1' },
      { data: { n: 2 }, position: '2' },
    ])
    expect(rig.asked).toEqual(['GET /?offset=start', 'GET /?after=1', 'GET /?after=1'])
  })
})

describe('a WebSocket whose messages are numbered', () => {
  const texts = ['{"n":1}', '{"n":2}', '{"n":3}', '{"n":4}', '{"n":5}']
  const ticks = connection(positioned(webSocket, byQuery('from', 'n', { isRepeat: notAbove })))
  const step: Step = (exchange) => {
    // It repeats the one that was asked for.
    const left = texts.slice(Math.max(0, Number(exchange.query.get('from') ?? 0) - 1))
    return accept(left, { ending: { code: 1000 } })(exchange)
  }

  it('goes on behind the last one wherever it is cut', async () => {
    for (let at = 0; at < 45; at++) {
      const server = await endpoint((exchange) => step(exchange.cutAt(at, { of: 'body' })), step)
      const reading = await readThrough(ticks, { url: `${server.socketUrl}/ticks`, query: { room: '1' } })
      expect(reading, `cut after ${at}`).toMatchObject({ data: texts, stage: 'closed', position: '5' })
      expect(asked(server)[1], `cut after ${at}`).toMatch(/^GET \/ticks\?room=1(&from=[1-5])?$/)
    }
  })

  it('fails when a position cannot be found, behind what came before', async () => {
    const pick = ({ data }: { data: unknown }): string => {
      if (data === texts[2]) throw new Error('boom')
      return String(data)
    }
    const logic = connection(positioned(webSocket, byQuery('from', pick)))
    const server = await endpoint(step)
    const reading = await readThrough(logic, { url: server.socketUrl })
    expect(reading).toMatchObject({ data: texts.slice(0, 2), stage: 'error', codes: ['internal'], position: texts[1] })
  })
})
