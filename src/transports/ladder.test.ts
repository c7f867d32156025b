import { describe, expect, test } from 'vitest'
import { TransportError } from '../errors.ts'
import { type Behaviour, ladderRig } from './ladder-rig.ts'
import { failureOf } from './websocket-rig.ts'

const network = () => new TransportError('network', 'No answer.')
const refused = (status = 404) => new TransportError('http_status', 'Not a socket.', { status })
const protocolOf = async (opened: Promise<object>) => {
  const answer = await opened
  return 'link' in answer ? (answer.link as { protocol: string }).protocol : 'reset'
}

describe('one dial', () => {
  test('takes the best carrier, and asks for nothing else', async () => {
    const rig = ladderRig()
    const { opened } = await rig.dial()
    expect(await protocolOf(opened)).toBe('scripted:websocket')
    expect(rig.vias()).toEqual(['websocket'])
    await rig.clock.advance(3_600_000)
    expect(rig.vias()).toEqual(['websocket'])
  })

  test.each([404, 403, 426, 502])('goes on at once when an upgrade is answered %i', async (status) => {
    const rig = ladderRig()
    rig.behaviour.websocket = refused(status)
    const { opened } = await rig.dial()
    expect(await protocolOf(opened)).toBe('scripted:sse')
    expect(rig.asked.map(({ via, at }) => [via, at])).toEqual([
      ['websocket', 0],
      ['sse', 0],
    ])
  })

  test('goes down as far as it must, and fails as the least carrier does', async () => {
    const rig = ladderRig()
    const other = new TransportError('not_a_stream_server', 'Something else.')
    rig.behaviour.websocket = refused()
    rig.behaviour.sse = other
    rig.behaviour.ndjson = new TransportError('http_status', 'No.', { status: 400 })
    const first = await rig.dial()
    expect(await protocolOf(first.opened)).toBe('scripted:long-poll')
    rig.behaviour['long-poll'] = other
    expect(await failureOf((await rig.dial()).opened)).toBe(other)
    expect(rig.vias().slice(4)).toEqual(['long-poll', 'websocket', 'sse', 'ndjson'])
  })

  test.each([401, 429, 503])('ends with what is said to all: %i', async (status) => {
    const rig = ladderRig()
    rig.behaviour.websocket = refused(status)
    expect(await failureOf((await rig.dial()).opened)).toMatchObject({ status })
    expect(rig.vias()).toEqual(['websocket'])
    // It is no evidence either.
    await rig.dial()
    await rig.dial()
    expect(rig.vias()).toEqual(['websocket', 'websocket', 'websocket'])
  })

  test('hands on what the server says about the place', async () => {
    const rig = ladderRig()
    const reset = { reason: 'trimmed', lost: 3, earliest: '5' } as const
    rig.behaviour.websocket = reset
    expect(await (await rig.dial()).opened).toEqual({ reset })
    expect(rig.vias()).toEqual(['websocket'])
  })

  test('pays for every request but the first, and fails with the pause when it cannot', async () => {
    const rig = ladderRig()
    rig.behaviour.websocket = refused()
    rig.behaviour.sse = refused(400)
    const prices = [0, 700]
    const { opened } = await rig.dial({ spend: () => prices.shift() ?? 0 })
    expect(await failureOf(opened)).toMatchObject({ code: 'budget_spent', retryAfterMs: 700 })
    expect(rig.vias()).toEqual(['websocket', 'sse'])
    // The next one need not find out again.
    expect(await protocolOf((await rig.dial()).opened)).toBe('scripted:ndjson')
  })

  test('a carrier that this runtime does not have costs nothing, and is never asked for again', async () => {
    const rig = ladderRig()
    rig.behaviour.websocket = new TransportError('unsupported', 'No socket here.')
    const spend = () => expect.fail('Nothing was to be paid.')
    expect(await protocolOf((await rig.dial({ spend })).opened)).toBe('scripted:sse')
    expect(await protocolOf((await rig.dial({ spend })).opened)).toBe('scripted:sse')
    await rig.clock.advance(3_600_000)
    expect(rig.vias()).toEqual(['websocket', 'sse', 'sse'])
    expect(rig.memory.barred('https://example.com', 'websocket')).toBe(0)
  })

  test('given up, it leaves nothing open', async () => {
    const rig = ladderRig()
    for (const via of ['websocket', 'sse', 'ndjson', 'long-poll'] as const) rig.behaviour[via] = 'hangs'
    const { opened, request } = await rig.dial()
    await rig.clock.advance(5_000)
    expect(rig.vias()).toEqual(['websocket', 'sse', 'ndjson'])
    request.abort()
    expect(await failureOf(opened)).toMatchObject({ code: 'aborted' })
    await rig.clock.advance(60_000)
    expect(rig.vias()).toEqual(['websocket', 'sse', 'ndjson'])
    expect(rig.open()).toEqual([])
  })
})

describe('a carrier that hangs', () => {
  test.each(['hangs', 'mute'] as const)(
    '(%s) gets another one beside it every 2 s, and the first that opens wins',
    async (how) => {
      const rig = ladderRig()
      rig.behaviour.websocket = 'hangs'
      rig.behaviour.sse = how
      const { opened } = await rig.dial()
      await rig.clock.advance(1_999)
      expect(rig.vias()).toEqual(['websocket'])
      await rig.clock.advance(2_001)
      expect(rig.vias()).toEqual(['websocket', 'sse', 'ndjson'])
      expect(await protocolOf(opened)).toBe('scripted:ndjson')
      await rig.clock.advance(0)
      expect(rig.open()).toEqual(['ndjson'])
    },
  )

  test('may still be the first: a slow network gets the better one', async () => {
    const rig = ladderRig(['sse', 'long-poll'])
    rig.behaviour.sse = 'mute'
    rig.behaviour['long-poll'] = 'hangs'
    const { opened } = await rig.dial()
    await rig.clock.advance(4_000)
    const [slow] = rig.links
    if (slow !== undefined) slow.mute = false
    rig.beat()
    expect(await protocolOf(opened)).toBe('scripted:sse')
    await rig.clock.advance(600_000)
    expect(rig.vias()).toEqual(['sse', 'long-poll'])
    expect(rig.memory.barred('https://example.com', 'sse')).toBe(0)
  })

  test('is known at its origin when a lesser one opened meanwhile: the next connection begins there', async () => {
    const rig = ladderRig()
    rig.behaviour.websocket = 'hangs'
    const { opened } = await rig.dial()
    await rig.clock.advance(2_000)
    expect(await protocolOf(opened)).toBe('scripted:sse')
    expect(rig.memory.barred('https://example.com', 'websocket')).toBe(30_000)
    const other = await rig.dial()
    expect(await protocolOf(other.opened)).toBe('scripted:sse')
    expect(rig.vias()).toEqual(['websocket', 'sse', 'sse'])
  })

  test('is no evidence when nothing else opens, but after two dials the next begins lower', async () => {
    const rig = ladderRig(['websocket', 'sse'])
    rig.behaviour.websocket = 'hangs'
    rig.behaviour.sse = 'hangs'
    for (let dial = 0; dial < 2; dial++) {
      const { request } = await rig.dial()
      await rig.clock.advance(1_500)
      request.abort()
    }
    await rig.dial()
    expect(rig.vias()).toEqual(['websocket', 'websocket', 'sse'])
    expect(rig.memory.barred('https://example.com', 'websocket')).toBe(0)
  })
})

describe('a network that fails', () => {
  async function dials(rig: ReturnType<typeof ladderRig>, count: number): Promise<void> {
    for (let dial = 0; dial < count; dial++) await failureOf((await rig.dial()).opened)
  }

  test('fails the dial with one request; two in a row, and the next begins one carrier lower, and after the last at the top', async () => {
    const rig = ladderRig()
    const everywhere: Behaviour = network()
    for (const via of ['websocket', 'sse', 'ndjson', 'long-poll'] as const) rig.behaviour[via] = everywhere
    await dials(rig, 10)
    const pairs = ['websocket', 'sse', 'ndjson', 'long-poll', 'websocket'].flatMap((via) => [via, via])
    expect(rig.vias()).toEqual(pairs)
  })

  test('says nothing against a carrier: it is tried again a second after another one opened, and no mark is left', async () => {
    const rig = ladderRig()
    rig.behaviour.websocket = network()
    await dials(rig, 2)
    const { opened } = await rig.dial()
    expect(await protocolOf(opened)).toBe('scripted:sse')
    expect(rig.memory.barred('https://example.com', 'websocket')).toBe(0)
    rig.behaviour.websocket = 'works'
    await rig.clock.advance(1_000)
    expect(await protocolOf(opened)).toBe('scripted:websocket')
    expect(rig.memory.barred('https://example.com', 'websocket')).toBe(0)
  })

  test('on one carrier only, while another one works, is evidence after all', async () => {
    const rig = ladderRig()
    rig.behaviour.websocket = network()
    await dials(rig, 2)
    await rig.dial()
    await rig.clock.advance(1_000)
    expect(rig.vias()).toEqual(['websocket', 'websocket', 'sse', 'websocket'])
    expect(rig.memory.barred('https://example.com', 'websocket')).toBe(30_000)
  })
})
