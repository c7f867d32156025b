import { describe, expect, test } from 'vitest'
import { contextFrom } from '../options.ts'
import { StoreError } from '../stores/store.ts'
import { eventually, startServer } from '../testing/rig.ts'
import { hold, shapedStore } from '../testing/shaped-store.ts'
import { greet, recordsOf } from '../testing/socket-rig.ts'
import { Subscriptions } from './subscriptions.ts'

const sub = (s: string, o: string, more: object = {}) => ({ t: 'sub', id: 1, s, o, ...more })

describe('a subscription', () => {
  test('is told where it starts, gets the history, hears that it is live, and then the records', async () => {
    const { url, server } = await startServer()
    const room = server.stream('rooms/42')
    room.append('a', { b: 1 })
    const raw = await greet(url)
    raw.send(sub('rooms/42', '-1'))
    await raw.until(({ t }) => t === 'live')
    room.append('c')
    room.append('d')
    await raw.until(({ n }) => n === 3)
    const a = raw.frames[1]?.a
    const gen = room.tail.offset.slice(0, 16)
    expect(raw.frames.slice(1)).toEqual([
      { t: 'subok', id: 1, a, gen, term: 1, from: 0, tail: 2, closed: false },
      { t: 'm', a, n: 1, d: ['a', { b: 1 }] },
      { t: 'live', a },
      { t: 'm', a, n: 3, d: ['c', 'd'] },
    ])
  })

  test('resumes at every position, from now, and ends with the stream', async () => {
    const { url, server } = await startServer()
    const room = server.stream('a')
    const offsets = [room.tail.offset, ...[1, 2, 3].map((value) => room.append(value).offset), 'now']
    const sockets = []
    for (const [index, offset] of offsets.entries()) {
      const raw = await greet(url)
      raw.send(sub('a', offset))
      await raw.until(({ t }) => t === 'live')
      sockets.push({ raw, from: Math.min(index, 3) })
    }
    room.append(4)
    room.close()
    for (const { raw, from } of sockets) {
      const eof = await raw.until(({ t }) => t === 'eof')
      expect(eof).toEqual({ t: 'eof', a: eof.a, n: 4 })
      expect(recordsOf(raw.frames, eof.a, from + 1)).toEqual([1, 2, 3, 4].slice(from))
    }
    const late = await greet(url)
    late.send(sub('a', room.tail.offset))
    expect(await late.until(({ t }) => t === 'subok')).toMatchObject({ from: 4, tail: 4, closed: true })
    await late.until(({ t }) => t === 'eof')
    late.send(sub('a', '-1', { id: 2 }))
    expect(await late.until(({ id }) => id === 2)).toMatchObject({ t: 'subok' })
  })

  test('carries text as strings and bytes as base64, in frames of at most max records', async () => {
    const { url, server } = await startServer()
    server.stream('text', 'text/plain').append('a\n"', 'b', 'c')
    server.stream('bytes', 'image/png').append(new Uint8Array([0, 255]))
    const raw = await greet(url)
    raw.send(sub('text', '-1', { max: 2 }))
    raw.send(sub('bytes', '-1', { id: 2 }))
    await eventually(() => raw.frames.filter(({ t }) => t === 'live').length === 2)
    expect(raw.frames.filter(({ t }) => t === 'm')).toMatchObject([
      { n: 1, d: ['a\n"', 'b'] },
      { n: 3, d: ['c'] },
      { n: 1, b: ['AP8='] },
    ])
  })

  test('is refused when the path, the offset or the stream is not there, and not twice for one stream', async () => {
    const { url, server } = await startServer()
    server.stream('a')
    const raw = await greet(url)
    const cases = [
      ['a/../b', '-1', 'bad_path'],
      ['__ds/x', '-1', 'not_found'],
      ['nothing', '-1', 'not_found'],
      ['a', 'x', 'bad_offset'],
    ] as const
    for (const [index, [path, offset, code]] of cases.entries()) {
      raw.send(sub(path, offset, { id: 10 + index }))
      expect(await raw.until(({ id }) => id === 10 + index)).toMatchObject({ t: 'err', code })
    }
    raw.send(sub('a', '-1', { id: 20 }))
    raw.send(sub('a', '-1', { id: 21 }))
    expect(await raw.until(({ id }) => id === 21)).toMatchObject({ t: 'err', code: 'already_subscribed' })
  })

  test('is one of 128 at most; one that was given up makes room', async () => {
    const { url, server } = await startServer()
    for (let index = 0; index <= 128; index++) server.stream(`s/${index}`)
    const raw = await greet(url)
    for (let index = 0; index <= 128; index++) raw.send(sub(`s/${index}`, '-1', { id: index }))
    expect(await raw.until(({ id, t }) => id === 128 && t !== 'm')).toMatchObject({ t: 'err', code: 'limit' })
    const first = await raw.until(({ t, id }) => t === 'subok' && id === 0)
    raw.send({ t: 'unsub', id: 200, a: first.a })
    raw.send({ t: 'unsub', id: 201, a: first.a })
    raw.send(sub('s/128', '-1', { id: 202 }))
    expect(await raw.until(({ id }) => id === 202)).toMatchObject({ t: 'subok' })
    server.stream('s/0').append('unheard')
    server.stream('s/128').append('heard')
    await raw.until(({ t }) => t === 'm')
    expect(raw.frames.filter(({ t }) => t === 'm').map(({ d }) => d)).toEqual([['heard']])
  })

  test('is reset with the reason, what is lost and where to go on, at its start and in its middle', async () => {
    const { url, server } = await startServer({ retention: { records: 2 } })
    const room = server.stream('a')
    const old = room.tail.offset
    const other = server.stream('b').tail.offset
    room.append(1, 2, 3, 4)
    const raw = await greet(url)
    const ends = { earliest: room.earliest.offset, tail: room.tail.offset }
    for (const [id, offset, why, lost] of [
      [1, old, 'trimmed', 2],
      [2, other, 'generation', null],
      [3, room.tail.offset.replace(/4$/, '5'), 'truncated', null],
    ] as const) {
      raw.send(sub('a', offset, { id }))
      expect(await raw.until((frame) => frame.id === id)).toEqual({ t: 'reset', id, why, lost, ...ends })
    }
    raw.send(sub('a', 'now', { id: 4 }))
    const { a } = await raw.until(({ id }) => id === 4)
    await raw.until(({ t }) => t === 'live')
    room.append(5, 6, 7)
    expect(await raw.until((frame) => frame.a === a && frame.t === 'reset')).toEqual({
      t: 'reset',
      a,
      why: 'trimmed',
      lost: 1,
      earliest: room.earliest.offset,
      tail: room.tail.offset,
    })
    raw.send(sub('a', '-1', { id: 5 }))
    expect(await raw.until(({ id }) => id === 5)).toMatchObject({ t: 'subok', a })
  })

  test('ends when the stream is deleted; created again it has another number and generation', async () => {
    const { url, server } = await startServer()
    const room = server.stream('a')
    const raw = await greet(url)
    raw.send(sub('a', '-1'))
    const first = await raw.until(({ t }) => t === 'subok')
    await raw.until(({ t }) => t === 'live')
    room.delete()
    expect(await raw.until(({ t }) => t === 'err')).toMatchObject({ id: 1, code: 'not_found' })
    room.append('again')
    raw.send(sub('a', '-1', { id: 2 }))
    const second = await raw.until(({ id, t }) => id === 2 && t === 'subok')
    expect([second.a === first.a, second.gen === first.gen]).toEqual([false, false])
  })
})

describe('many at once', () => {
  test('history and live join without a hole or a double while others append', async () => {
    const { url, server } = await startServer()
    const rooms = [server.stream('a'), server.stream('b')]
    const total = 2_000
    let next = 0
    const append = (count: number): void => {
      for (let added = 0; added < count && next < total; added++) {
        for (const room of rooms) room.append(next)
        next++
      }
    }
    append(400)
    const sockets = []
    for (let reader = 0; reader < 8; reader++) {
      const raw = await greet(url)
      raw.send(sub('a', '-1', { id: 1 }))
      raw.send(sub('b', '-1', { id: 2 }))
      append(50)
      sockets.push(raw)
    }
    while (next < total) {
      append(5)
      await new Promise(setImmediate)
    }
    for (const room of rooms) room.close()
    const wanted = Array.from({ length: total }, (_, index) => index)
    for (const raw of sockets) {
      for (const id of [1, 2]) {
        const { a } = await raw.until((frame) => frame.t === 'subok' && frame.id === id)
        await raw.until((frame) => frame.t === 'eof' && frame.a === a)
        expect(recordsOf(raw.frames, a, 1)).toEqual(wanted)
      }
    }
  })
})

describe('the order of answers', () => {
  test('is the order of the requests, however long each takes', async () => {
    const slow = { head: hold(), append: hold() }
    const store = shapedStore({
      before(operation, path) {
        if (operation === 'append' && path === 'a') return slow.append.held
        return operation === 'head' && path === 'b' ? slow.head.held : undefined
      },
    })
    const { url, server } = await startServer({ store, autoCreate: true })
    server.stream('a')
    const raw = await greet(url)
    const pub = (s: string, q: number) => ({ t: 'pub', s, pid: 'p', e: 0, q, d: [q] })
    raw.send(pub('a', 0))
    raw.send(sub('b', '-1', { id: 1 }))
    raw.send(pub('c', 0))
    raw.send(sub('a', '-1', { id: 2 }))
    raw.send(pub('a', 1))
    raw.send({ t: 'ping', k: 'overtakes' })
    await raw.until(({ t }) => t === 'pong')
    expect(raw.frames.map(({ t }) => t)).toEqual(['welcome', 'pong'])
    slow.head.release()
    await new Promise(setImmediate)
    expect(raw.frames).toHaveLength(2)
    slow.append.release()
    await raw.until(({ t, s, q }) => t === 'ack' && s === 'a' && q === 1)
    const answers = raw.frames.slice(2).filter(({ t }) => ['ack', 'err', 'subok'].includes(t))
    expect(answers.map(({ t, s, q, id }) => [t, id ?? `${s} ${q}`])).toEqual([
      ['ack', 'a 0'],
      ['err', 1],
      ['ack', 'c 0'],
      ['subok', 2],
      ['ack', 'a 1'],
    ])
  })

  test('holds for giving up what is still being joined, and nothing is left of it', async () => {
    const slow = hold()
    const store = shapedStore({ before: (operation) => (operation === 'head' ? slow.held : undefined) })
    const { url, server } = await startServer({ store })
    server.stream('a')
    const raw = await greet(url)
    raw.send(sub('a', '-1'))
    // The first stream this server reads has the number 1.
    raw.send({ t: 'unsub', id: 2, a: 1 })
    raw.send(sub('a', '-1', { id: 3 }))
    slow.release()
    await raw.until(({ t, id }) => t === 'subok' && id === 3)
    expect(raw.frames.filter(({ t }) => t === 'subok')).toMatchObject([
      { a: 1, id: 1 },
      { a: 1, id: 3 },
    ])
  })

  test('does not matter to who has gone: a stream joined too late is left again', async () => {
    const slow = hold()
    const store = shapedStore({ before: (operation) => (operation === 'head' ? slow.held : undefined) })
    const context = contextFrom({ allowAnonymous: true, store }, [])
    await store.create('a', { ...NEW, config: { ...NEW.config, contentType: 'text/plain' } })
    const sent: unknown[] = []
    const outlet = { writable: () => true, transmit: (frame: unknown) => sent.push(frame), transmitRecords: () => {} }
    const subscriptions = new Subscriptions(context, outlet, { allows: async () => true })
    const subscribing = subscriptions.subscribe({ t: 'sub', id: 1, s: 'a', o: '-1' })
    subscriptions.stop()
    slow.release()
    await subscribing
    const stream = await context.hub.join('a')
    expect([sent, stream?.members]).toEqual([[], 1])
    context.hub.close()
    context.wheel.stop()
  })
})

describe('a store', () => {
  test('that cannot be read is said with a pause, at the start and in the middle', async () => {
    let broken: 'head' | 'read' | 'nothing' = 'head'
    const store = shapedStore({
      before: (operation) => (operation === broken ? Promise.reject(new StoreError('unavailable', 'away')) : undefined),
    })
    const { url, server, reports } = await startServer({ store })
    server.stream('a').append(1, 2, 3)
    const raw = await greet(url)
    const unavailable = { t: 'err', code: 'unavailable', retryMs: 1_000 }
    raw.send(sub('a', '-1', { id: 1 }))
    expect(await raw.until(({ id }) => id === 1)).toMatchObject(unavailable)
    broken = 'read'
    raw.send(sub('a', '-1', { id: 2 }))
    expect(await raw.until(({ t, id }) => t === 'err' && id === 2)).toMatchObject(unavailable)
    broken = 'nothing'
    raw.send(sub('a', '-1', { id: 3 }))
    await raw.until(({ t }) => t === 'live')
    expect(reports).toHaveLength(2)
  })

  test('that may have lost records says so by terms, each before its first record', async () => {
    const terms = [
      { term: 1, after: 0 },
      { term: 3, after: 2 },
      { term: 4, after: 3 },
      { term: 7, after: 6 },
    ]
    const store = shapedStore({ head: (head) => ({ ...head, terms: terms.filter(({ after }) => after <= head.tail) }) })
    const { url, server } = await startServer({ store })
    const room = server.stream('a')
    room.append(1, 2, 3, 4)
    const raw = await greet(url)
    raw.send(sub('a', '-1'))
    await raw.until(({ t }) => t === 'live')
    for (const value of [5, 6, 7, 8]) room.append(value)
    const { a } = await raw.until(({ t, n, d }) => t === 'm' && Number(n) + (Array.isArray(d) ? d.length : 0) > 8)
    expect(raw.frames.filter(({ t }) => t !== 'live').slice(1)).toMatchObject([
      { t: 'subok', term: 1, from: 0 },
      { t: 'm', n: 1, d: [1, 2] },
      { t: 'term', a, term: 3, n: 2 },
      { t: 'm', n: 3, d: [3] },
      { t: 'term', a, term: 4, n: 3 },
      { t: 'm', n: 4, d: [4] },
      { t: 'm', n: 5, d: [5, 6] },
      { t: 'term', a, term: 7, n: 6 },
      { t: 'm', n: 7, d: [7, 8] },
    ])
    const later = await greet(url)
    later.send(sub('a', room.read()[2]?.offset ?? ''))
    await later.until(({ t }) => t === 'live')
    expect(later.frames.slice(1, 4)).toMatchObject([
      { t: 'subok', term: 3, from: 3 },
      { t: 'term', term: 4, n: 3 },
      { t: 'm', n: 4, d: [4, 5, 6] },
    ])
  })
})

const NEW = {
  config: { contentType: 'application/json', ttlMs: null, expiresAt: null, owner: null },
  records: [],
  closed: false,
  quota: { streams: 10, ofOwner: 10 },
}
