import { describe, expect, test } from 'vitest'
import { bounds } from '../../../inspector/protocol/bounds.ts'
import type { AppMessage, ConnectionFacts, SettledMessage, StepMessage } from '../../../inspector/protocol/messages.ts'
import { diagnose } from '../../../inspector/session/diagnose.ts'
import { explain } from '../../../inspector/session/explain.ts'
import { har } from '../../../inspector/session/har.ts'
import { mermaid } from '../../../inspector/session/mermaid.ts'
import { record } from '../../../inspector/session/recording.ts'
import { connectionMachine } from '../../../machines/connection.ts'
import { app, definitionOf, hello, reopened, sessionOf } from './telling.ts'

const definition = { kind: 'definition', hash: 'c', json: definitionOf(connectionMachine) } as const
const connected = { connected: { flow: 'flowing', liveness: 'alive' } }

const chat = (t: number, connection?: ConnectionFacts): AppMessage => ({
  kind: 'actor',
  t,
  actor: 'a',
  parent: null,
  name: 'chat',
  logic: 'machine',
  definition: 'c',
  status: 'active',
  value: connected,
  tags: ['online'],
  waits: [],
  connection,
})

const step = (seq: number, t: number, facts: Partial<StepMessage> = {}): AppMessage => {
  const standing = { value: { reconnecting: 'waiting' }, tags: ['pending', 'degraded'], status: 'active' } as const
  return { kind: 'step', seq, t, actor: 'a', because: 0, taken: null, ...standing, ...facts }
}
const back = { value: connected, tags: ['online'] } as const

const sent = (seq: number, t: number): AppMessage => {
  const content = { bytes: 2, position: null, text: 'hi' } as const
  return { kind: 'frame', seq, t, actor: 'a', direction: 'out', what: 'send', ...content }
}

const settled = (seq: number, t: number, failure: SettledMessage['failure'] = null): AppMessage => {
  return { kind: 'settled', t, actor: 'a', seq, failure }
}

const facts: ConnectionFacts = { url: 'wss://example.com/chat?token=••••', protocol: null, maxAttempts: 8 }

describe('what was sent', () => {
  test('has its fate at every instant as it was known then', () => {
    const session = sessionOf(hello, definition, chat(0), sent(1, 10), sent(2, 20), settled(2, 25, 'send_refused'))
    session.apply({ app, messages: [settled(1, 40), sent(3, 50), sent(4, 60), step(5, 80), chat(100)] })
    const fates = (seq: number, ...instants: (number | null)[]) => instants.map((at) => session.fate(app, seq, at))
    expect(fates(1, 9, 10, 39, 40, null)).toEqual([
      undefined,
      { state: 'unsettled', delay: 0 },
      { state: 'unsettled', delay: 29 },
      { state: 'settled', delay: 30 },
      { state: 'settled', delay: 30 },
    ])
    expect(fates(2, 24, 25)).toEqual([
      { state: 'unsettled', delay: 4 },
      { state: 'failed', delay: 5, code: 'send_refused' },
    ])
    expect(fates(4, 79, 80, null)).toEqual([
      { state: 'unsettled', delay: 19 },
      { state: 'lost', delay: 20 },
      { state: 'lost', delay: 20 },
    ])
    const unsettled = (at: number | null) => session.unsettled(app, 'a', at)
    expect([5, 22, 30, 40, 70, 80, null].map(unsettled)).toEqual([
      undefined,
      { count: 2, since: 10 },
      { count: 1, since: 10 },
      undefined,
      { count: 2, since: 50 },
      undefined,
      undefined,
    ])
  })

  test('is lost with its own link, however many things happen in that millisecond', () => {
    const messages = [sent(1, 10), step(2, 10), sent(3, 10), step(4, 10, back), sent(5, 10)]
    const session = sessionOf(hello, definition, chat(0), ...messages)
    expect([1, 3, 5].map((seq) => session.fate(app, seq, null)?.state)).toEqual(['lost', 'unsettled', 'unsettled'])
    expect(session.unsettled(app, 'a', null)?.count).toBe(2)
    session.apply({ app, messages: [{ kind: 'gone', t: 12, actor: 'a', status: 'stopped' }] })
    expect([3, 5].map((seq) => session.fate(app, seq, null))).toEqual([
      { state: 'lost', delay: 2 },
      { state: 'lost', delay: 2 },
    ])
  })

  test('is lost when its link ended, also where that is told late', () => {
    const session = sessionOf(hello, definition, chat(0), sent(1, 10), step(2, 30))
    expect(session.fate(app, 1, null)).toEqual({ state: 'lost', delay: 20 })
    session.apply({ app, messages: [{ kind: 'gone', t: 25, actor: 'a', status: 'stopped' }] })
    expect(session.fate(app, 1, null)).toEqual({ state: 'lost', delay: 15 })
  })

  test('is told of neither what came in nor what is not known', () => {
    const came = { ...sent(1, 10), direction: 'in', what: 'message' } as AppMessage
    const session = sessionOf(hello, chat(0), came, settled(1, 11), settled(7, 12))
    expect([1, 7].map((seq) => session.fate(app, seq, null))).toEqual([undefined, undefined])
    expect(session.unsettled(app, 'nobody', null)).toBeUndefined()
  })

  test('keeps its number, and fails by a code of another version all the same', () => {
    const frame = { ...sent(1, 10), sequence: 41 } as AppMessage
    const unknown = { ...settled(1, 20), failure: 'out_of_paper' } as unknown as AppMessage
    const session = sessionOf(hello, chat(0), frame, unknown)
    expect(session.entries(app)).toMatchObject([{ sequence: 41 }])
    expect(session.fate(app, 1, null)).toEqual({ state: 'failed', delay: 10, code: 'send_failed' })
  })

  test('is let go like everything else', () => {
    const count = 3 * bounds.ring
    const messages = Array.from({ length: count }, (_, index) => [sent(index + 1, index), settled(index + 1, index)])
    const session = sessionOf(hello, definition, chat(0))
    session.apply({ app, messages: [...messages.flat(), sent(count + 1, count)] })
    expect(session.fate(app, 1, null)).toBeUndefined()
    expect(session.fate(app, count, null)).toEqual({ state: 'settled', delay: 0 })
    expect(session.unsettled(app, 'a', null)).toEqual({ count: 1, since: count })
    expect(session.told(app).length).toBeLessThan(2 * bounds.ring + 10)
  })
})

describe('a recording of it', () => {
  const told = sessionOf(hello, definition, chat(0, facts), sent(1, 10), sent(2, 20), settled(1, 40), step(3, 50))

  test('tells the same at every instant', () => {
    const { session, key } = reopened(record(told, app))
    for (const at of [10, 40, 50, null]) {
      expect(session.actors(key, at)).toEqual(told.actors(app, at))
      for (const seq of [1, 2]) expect(session.fate(key, seq, at)).toEqual(told.fate(app, seq, at))
    }
    expect(session.actor(key, 'a', null)?.connection).toEqual(facts)
  })

  test('that begins later has no payload of what was sent before', () => {
    told.apply({ app, messages: [{ kind: 'payload', seq: 1, text: '"before"' }] })
    const text = record(told, app, { from: 30, to: 60 })
    expect(text).toContain('"settled"')
    expect(text).not.toContain('before')
    const { session, key } = reopened(text)
    expect(session.actor(key, 'a', 30)?.connection).toEqual(facts)
    expect(session.entries(key).map(({ seq }) => seq)).toEqual([3])
  })

  test('goes out as a HAR with its address, and as an arrow', () => {
    const { log } = JSON.parse(har(told, app))
    expect(log.entries).toMatchObject([{ request: { url: facts.url }, _webSocketMessages: [{ type: 'send' }, {}] }])
    expect(mermaid(told, app, 0, 100)).toContain('->>lane1: send ×2')
  })
})

describe('a connection', () => {
  test('speaks what its link spoke then', () => {
    const websocket = { ...facts, protocol: 'websocket' }
    const session = sessionOf(hello, definition, chat(0, facts), step(1, 10, back), chat(20, websocket), step(2, 30))
    const protocols = [0, 15, 20, null].map((at) => session.actor(app, 'a', at)?.connection?.protocol)
    expect(protocols).toEqual([null, null, 'websocket', 'websocket'])
    expect(session.bands(app, 'a').map(({ from, to }) => [from, to])).toEqual([
      [0, 30],
      [30, null],
    ])
  })

  test('has no facts of another shape', () => {
    const odd = { url: 7, protocol: ['x'], maxAttempts: -1 } as unknown as ConnectionFacts
    const session = sessionOf(hello, definition, chat(0, odd))
    expect(session.actor(app, 'a', null)?.connection).toEqual({ url: null, protocol: null, maxAttempts: null })
  })

  test('says where it leads, what it speaks and how often it tries', () => {
    const health = { received: 1, sent: 2, queued: 3, attempt: 3, silence: 0, position: null, failure: null } as const
    const session = sessionOf(hello, definition, chat(0, facts), { kind: 'health', t: 1, actor: 'a', ...health })
    const words = () => explain(session, app, 'a', null)
    expect(words()).toBe('connected; 1 received, 2 sent, 3 waiting to be sent')
    session.apply({ app, messages: [chat(2, { ...facts, protocol: 'sse' }), sent(1, 100), sent(2, 200)] })
    expect(words()).toBe('connected over sse; 1 received, 2 sent, 1 waiting to be sent')
    session.apply({ app, messages: [step(3, 4_100, back)] })
    expect(words()).toContain('1 waiting to be sent, 2 sends wait for their acknowledgement since 4 s')
    session.apply({ app, messages: [settled(1, 4_100)] })
    expect(words()).toContain('1 send waits for its acknowledgement since 3.9 s')
    session.apply({ app, messages: [step(4, 5_000, { value: 'connecting' })] })
    expect(words()).toBe('connecting to example.com/chat')
    session.apply({ app, messages: [step(5, 5_001)] })
    expect(words()).toBe('waiting before try 3 of 8; `retry` would skip the wait')
  })

  test.each([
    ['settled', [settled(1, 22)], 'fine', 'The last send was acknowledged after 12 ms.'],
    ['refused', [settled(1, 22, 'send_refused')], 'cause', 'The last send failed: send_refused.'],
    ['waiting', [step(2, 5_010, back)], 'unknown', '1 send waits for its acknowledgement since 5 s.'],
    ['waiting for long', [step(2, 15_010, back)], 'cause', '1 send waits for its acknowledgement since 15 s.'],
    ['lost', [step(2, 20)], 'unknown', 'The last send went down with its link: nobody knows whether it arrived.'],
  ] as const)('is diagnosed when its last send is %s', (_, messages, verdict, words) => {
    const session = sessionOf(hello, definition, chat(0, { ...facts, protocol: 'sse' }), sent(1, 10), ...messages)
    expect(diagnose(session, app, 'a', null)).toContainEqual({ verdict, words })
    const [first] = diagnose(session, app, 'a', 15)
    expect(first?.words).toBe('The connection is open to example.com/chat over sse.')
  })
})
