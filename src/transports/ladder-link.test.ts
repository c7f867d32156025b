import { describe, expect, test } from 'vitest'
import { TransportError } from '../errors.ts'
import type { DurableVia } from './durable-input.ts'
import { following, ladderRig, type ScriptedLink } from './ladder-rig.ts'
import { failureOf } from './websocket-rig.ts'

const ORIGIN = 'https://example.com'
const network = () => new TransportError('network', 'Cut.')
const refused = () => new TransportError('http_status', 'Not a socket.', { status: 404 })
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)

/** A connection that lives on SSE, as the upgrade was refused. */
async function lowered(rungs?: readonly DurableVia[]) {
  const rig = ladderRig(rungs)
  rig.behaviour.websocket = refused()
  const connection = await following(rig)
  return { ...connection, rig }
}

function linkOver(rig: ReturnType<typeof ladderRig>, via: DurableVia): ScriptedLink {
  const link = rig.links.findLast((one) => one.via === via)
  if (link === undefined) throw new Error(`Nothing was opened over ${via}.`)
  return link
}

describe('climbing', () => {
  test('when the mark runs out the better carrier is opened beside, and every record is seen once', async () => {
    const { rig, link, seen } = await lowered()
    rig.append(...numbers(1, 5))
    expect(link.protocol).toBe('scripted:sse')
    rig.behaviour.websocket = 'works'
    await rig.clock.advance(29_999)
    expect(rig.open()).toEqual(['sse'])
    await rig.clock.advance(1)
    expect(link.protocol).toBe('scripted:websocket')
    expect(rig.asked.at(-1)).toMatchObject({ via: 'websocket', at: 30_000, position: '5' })
    rig.append(...numbers(6, 9))
    expect(seen).toEqual(numbers(1, 9))
    // It is of use, so that the old one may go.
    await rig.clock.advance(0)
    expect(rig.open()).toEqual(['websocket'])
    expect(rig.memory.barred(ORIGIN, 'websocket')).toBe(0)
    await rig.clock.advance(3_600_000)
    expect(rig.vias()).toEqual(['websocket', 'sse', 'websocket'])
  })

  test('records that came while it opened are dropped from the new one, however it opens', async () => {
    const { rig, link, seen } = await lowered()
    rig.behaviour.sse = 'works'
    rig.behaviour.websocket = 'hangs'
    // An opening that takes a while: five records come over the old one.
    let open = () => {}
    const waiting = new Promise<void>((resolve) => {
      open = resolve
    })
    rig.before = () => waiting
    rig.append(1, 2)
    rig.behaviour.websocket = 'works'
    await rig.clock.advance(30_000)
    rig.append(...numbers(3, 7))
    expect(link.protocol).toBe('scripted:sse')
    expect(seen).toEqual(numbers(1, 7))
    open()
    await rig.clock.advance(0)
    expect(link.protocol).toBe('scripted:websocket')
    rig.append(8)
    expect(seen).toEqual(numbers(1, 8))
    expect(rig.asked.at(-1)?.position).toBe('2')
  })

  test('fails without a trace, and waits four times as long before the next time', async () => {
    const { rig, link, seen, request } = await lowered()
    await rig.clock.advance(30_000)
    await rig.clock.advance(120_000)
    await rig.clock.advance(480_000)
    expect(rig.asked.filter(({ via }) => via === 'websocket').map(({ at }) => at)).toEqual([
      0, 30_000, 150_000, 630_000,
    ])
    const heard = request.heardCount()
    rig.append(1)
    expect(seen).toEqual([1])
    expect(request.heardCount()).toBe(heard + 1)
    expect(link.protocol).toBe('scripted:sse')
    expect(rig.open()).toEqual(['sse'])
  })

  test('a better carrier that hangs beside the living one is given up after 10 s', async () => {
    const { rig, link } = await lowered()
    rig.behaviour.websocket = 'hangs'
    await rig.clock.advance(40_000)
    expect(rig.memory.barred(ORIGIN, 'websocket')).toBe(120_000)
    expect(link.protocol).toBe('scripted:sse')
    link.close()
    expect(rig.open()).toEqual([])
  })

  test('a gap, a refused credential or a busy server ends the climb, and is no evidence', async () => {
    const { rig, link } = await lowered()
    rig.behaviour.websocket = { reason: 'trimmed', lost: 1, earliest: '9' }
    await rig.clock.advance(30_000)
    rig.behaviour.websocket = new TransportError('http_status', 'Busy.', { status: 503 })
    await rig.clock.advance(30_000)
    expect(rig.memory.barred(ORIGIN, 'websocket')).toBe(0)
    rig.behaviour.websocket = 'works'
    await rig.clock.advance(30_000)
    expect(link.protocol).toBe('scripted:websocket')
  })

  test('is paid for, and not begun while nothing may be spent', async () => {
    const rig = ladderRig()
    rig.behaviour.websocket = refused()
    let price = 0
    const { link } = await following(rig, { spend: () => price })
    rig.behaviour.websocket = 'works'
    price = 100
    await rig.clock.advance(30_000)
    expect(rig.vias()).toEqual(['websocket', 'sse'])
    price = 0
    await rig.clock.advance(30_000)
    expect(link.protocol).toBe('scripted:websocket')
  })

  test('goes over the steps between: the best one that works is taken, and better ones are tried later', async () => {
    const rig = ladderRig()
    rig.behaviour.websocket = refused()
    rig.behaviour.sse = 'mute'
    rig.behaviour.ndjson = 'mute'
    const { opened } = await rig.dial()
    await rig.clock.advance(4_000)
    const answer = await opened
    if (!('link' in answer)) throw new Error('No link.')
    expect(answer.link.protocol).toBe('scripted:long-poll')
    rig.behaviour.sse = 'works'
    const reading = answer.link.read(() => true)
    reading.catch(() => undefined)
    await rig.clock.advance(34_000)
    expect(answer.link.protocol).toBe('scripted:sse')
    rig.behaviour.websocket = 'works'
    await rig.clock.advance(120_000)
    expect(answer.link.protocol).toBe('scripted:websocket')
    answer.link.close()
    expect(rig.open()).toEqual([])
  })

  test('a better carrier that opens and dies is left again, and nothing is lost or seen twice', async () => {
    const { rig, link, seen, ended } = await lowered()
    rig.append(1, 2)
    rig.behaviour.websocket = 'works'
    await rig.clock.advance(30_000)
    expect(link.protocol).toBe('scripted:websocket')
    expect(rig.open()).toEqual(['sse', 'websocket'])
    linkOver(rig, 'websocket').die(network())
    await rig.clock.advance(0)
    expect(link.protocol).toBe('scripted:sse')
    expect(rig.memory.barred(ORIGIN, 'websocket')).toBe(120_000)
    rig.append(3)
    expect(seen).toEqual([1, 2, 3])
    // The next time it brings a record first: then it is of use, and its end is an end.
    await rig.clock.advance(120_000)
    expect(link.protocol).toBe('scripted:websocket')
    rig.append(4)
    await rig.clock.advance(0)
    linkOver(rig, 'websocket').die(network())
    expect(await failureOf(ended)).toMatchObject({ code: 'network' })
    expect(seen).toEqual([1, 2, 3, 4])
    expect(rig.open()).toEqual([])
  })

  test('in a page of text the records cannot be counted: it is kept back until the better one is open, or is not', async () => {
    const rig = ladderRig(['sse', 'long-poll'])
    rig.behaviour.sse = 'mute'
    rig.type = 'text/plain'
    const { opened } = await rig.dial()
    await rig.clock.advance(2_000)
    const answer = await opened
    if (!('link' in answer)) throw new Error('No link.')
    const seen: unknown[] = []
    void answer.link.read(({ data }) => seen.push(data) > 0).catch(() => undefined)
    rig.append('a')
    await rig.clock.advance(30_000)
    rig.append('b')
    expect(seen).toEqual(['a'])
    await rig.clock.advance(10_000)
    expect(seen).toEqual(['a', 'b'])
    rig.behaviour.sse = 'works'
    await rig.clock.advance(120_000)
    expect(answer.link.protocol).toBe('scripted:sse')
    rig.append('c')
    expect(seen).toEqual(['a', 'b', 'c'])
  })
})

describe('reading', () => {
  test('a full reader gets nothing more, also when the carrier changes meanwhile', async () => {
    const rig = ladderRig()
    rig.behaviour.websocket = refused()
    const { opened } = await rig.dial()
    const answer = await opened
    if (!('link' in answer)) throw new Error('No link.')
    const { link } = answer
    rig.append(...numbers(1, 6))
    const seen: unknown[] = []
    const one = () =>
      link.read(({ data }) => {
        if (data !== undefined) seen.push(data)
        return false
      })
    expect(await one()).toBe(true)
    expect(await one()).toBe(true)
    rig.behaviour.websocket = 'works'
    await rig.clock.advance(30_000)
    expect(link.protocol).toBe('scripted:websocket')
    expect(seen).toEqual([1, 2])
    for (let left = 0; left < 4; left++) expect(await one()).toBe(true)
    expect(seen).toEqual(numbers(1, 6))
  })

  test('settles when the link is closed, whatever is open', async () => {
    const { rig, link, ended } = await lowered()
    rig.behaviour.websocket = 'works'
    await rig.clock.advance(30_000)
    expect(rig.open()).toEqual(['sse', 'websocket'])
    link.close()
    link.close()
    expect(await failureOf(ended)).toMatchObject({ code: 'aborted' })
    expect(rig.open()).toEqual([])
    expect(await failureOf(link.read(() => true))).toMatchObject({ code: 'aborted' })
  })

  test('appends go to the carrier of the moment, as many at once as it likes', async () => {
    const { rig, link } = await lowered()
    const append = { producer: { id: 'p', epoch: 0, sequence: 0 }, records: ['1'] }
    expect(link.appendsAtOnce).toBe(4)
    expect(await link.append?.(append)).toEqual({ kind: 'stored' })
    rig.behaviour.websocket = 'works'
    await rig.clock.advance(30_000)
    expect(link.appendsAtOnce).toBe(64)
    await link.append?.({ ...append, producer: { ...append.producer, sequence: 1 } })
    const sequences = (via: DurableVia) => linkOver(rig, via).appended.map(({ producer }) => producer.sequence)
    expect([sequences('sse'), sequences('websocket')]).toEqual([[0], [1]])
  })
})

describe('a sign of life', () => {
  test('of a link that is kept in reserve or tried is not one of the connection', async () => {
    const { rig, request } = await lowered()
    rig.behaviour.websocket = 'works'
    await rig.clock.advance(30_000)
    const heard = request.heardCount()
    linkOver(rig, 'sse').beat()
    expect(request.heardCount()).toBe(heard)
    linkOver(rig, 'websocket').beat()
    expect(request.heardCount()).toBe(heard + 1)
  })

  test('is spoken for while a poll is held back, for 40 s', async () => {
    const rig = ladderRig(['sse', 'long-poll'])
    rig.behaviour.sse = refused()
    rig.behaviour.sse = new TransportError('http_status', 'No streaming.', { status: 400 })
    const { request } = await following(rig)
    const counts: number[] = []
    for (let turn = 0; turn < 6; turn++) {
      const before = request.heardCount()
      await rig.clock.advance(10_000)
      counts.push(request.heardCount() - before)
    }
    expect(counts).toEqual([4, 4, 4, 3, 0, 0])
  })

  test('is asked of the carrier; where the doubt comes from outside, a better one is tried as well', async () => {
    const { rig, link } = await lowered()
    rig.behaviour.websocket = 'works'
    // The chart asks by routine after 5 s of silence.
    await rig.clock.advance(15_000)
    linkOver(rig, 'sse').beat()
    await rig.clock.advance(5_000)
    link.ping?.()
    await rig.clock.advance(0)
    expect(rig.vias()).toEqual(['websocket', 'sse'])
    // The network changed.
    linkOver(rig, 'sse').beat()
    link.ping?.()
    await rig.clock.advance(0)
    expect(link.protocol).toBe('scripted:websocket')
    link.ping?.()
    expect(linkOver(rig, 'websocket').pings).toBe(1)
  })

  test('cannot be asked for at first where the carrier cannot ask, so that the chart gives it time', async () => {
    const { rig } = await lowered()
    const fresh = await rig.dial()
    const answer = await fresh.opened
    if (!('link' in answer)) throw new Error('No link.')
    expect(answer.link.ping).toBeUndefined()
    void answer.link.read(() => true).catch(() => undefined)
    expect(answer.link.ping).toBeTypeOf('function')
    const best = ladderRig()
    const opened = await (await best.dial()).opened
    expect('link' in opened && opened.link.ping).toBeTypeOf('function')
  })
})

describe('evidence while connected', () => {
  /** Connects again and again, and ends each link so. */
  async function lives(count: number, end: (link: ScriptedLink, rig: ReturnType<typeof ladderRig>) => Promise<void>) {
    const rig = ladderRig(['websocket', 'sse'])
    for (let life = 0; life < count; life++) {
      const { link } = await following(rig)
      await end(linkOver(rig, link.protocol === 'scripted:sse' ? 'sse' : 'websocket'), rig)
      link.close()
      await rig.clock.advance(0)
    }
    return rig.vias()
  }

  test('three links in a row that die before a record or a heartbeat came put their carrier out', async () => {
    expect(await lives(4, async (link) => link.die(network()))).toEqual(['websocket', 'websocket', 'websocket', 'sse'])
  })

  test('so do three that fall silent at once and are given up by the chart', async () => {
    const vias = await lives(4, async (_link, rig) => rig.clock.advance(10_000))
    expect(vias.slice(0, 4)).toEqual(['websocket', 'websocket', 'websocket', 'sse'])
  })

  test('short lives with a record in them are none, nor are those with a heartbeat', async () => {
    const withRecord = await lives(20, async (link, rig) => {
      rig.append(1)
      link.die(network())
    })
    const withHeartbeat = await lives(20, async (link, rig) => {
      await rig.clock.advance(5_000)
      link.beat()
      link.die(network())
    })
    expect(new Set([...withRecord, ...withHeartbeat])).toEqual(new Set(['websocket']))
  })

  test.each([
    ['a goodbye', new TransportError('interrupted', 'Bye.', { retryAfterMs: 100 })],
    ['a slow consumer (4208)', new TransportError('closed_by_server', 'Slow.', { closeCode: 4208 })],
    ['the maximum age (4302)', new TransportError('closed_by_server', 'Old.', { closeCode: 4302 })],
  ])('%s is none', async (_name, failure) => {
    expect(new Set(await lives(20, async (link) => link.die(failure)))).toEqual(new Set(['websocket']))
  })

  test('who closes early by himself is none', async () => {
    expect(new Set(await lives(20, async () => {}))).toEqual(new Set(['websocket']))
  })

  test('what is no stream at all is final for this carrier only', async () => {
    const rig = ladderRig(['sse', 'long-poll'])
    const other = () => new TransportError('not_a_stream_server', 'Something else.')
    const { ended } = await following(rig)
    linkOver(rig, 'sse').die(other())
    expect(await failureOf(ended)).toMatchObject({ code: 'interrupted' })
    const second = await following(rig)
    expect(second.link.protocol).toBe('scripted:long-poll')
    linkOver(rig, 'long-poll').die(other())
    expect(await failureOf(second.ended)).toMatchObject({ code: 'not_a_stream_server' })
  })
})
