import { describe, expect, test } from 'vitest'
import type { ActorMessage, AppMessage, HealthMessage, ScheduledWait } from '../../../inspector/protocol/messages.ts'
import { diagnose } from '../../../inspector/session/diagnose.ts'
import { explain } from '../../../inspector/session/explain.ts'
import { connectionMachine } from '../../../machines/connection.ts'
import { asking, retrying } from './machines.ts'
import { app, definitionOf, hello, sessionOf, telling } from './telling.ts'

const definition = { kind: 'definition', hash: 'c', json: definitionOf(connectionMachine) } as const
const network = { code: 'network', message: 'The network failed.' } as const

interface Case {
  readonly value: unknown
  readonly tags?: readonly string[]
  readonly waits?: readonly ScheduledWait[]
  readonly health?: Partial<HealthMessage>
  readonly status?: ActorMessage['status']
}

function connectionIn({ value, tags = [], waits = [], health, status = 'active' }: Case, ...more: AppMessage[]) {
  const identity = {
    kind: 'actor',
    t: 0,
    actor: 'a',
    parent: null,
    name: 'chat',
    logic: 'machine',
    definition: 'c',
  } as const
  const figures = { received: 0, sent: 0, queued: 0, attempt: 0, silence: 0, position: null, failure: null }
  const healths = health === undefined ? [] : [{ kind: 'health', t: 1, actor: 'a', ...figures, ...health } as const]
  return sessionOf(hello, definition, { ...identity, status, value, tags, waits }, ...healths, ...more)
}

const wait = (delay: number, state: string, name = 'backoff'): ScheduledWait => ({
  event: `xstate.after.${name}.connection.${state}`,
  delay,
  since: 0,
})

const reconnecting = ['pending', 'degraded']
const waiting: Case = {
  value: { reconnecting: 'waiting' },
  tags: reconnecting,
  waits: [wait(1_000, 'reconnecting.waiting')],
  health: { attempt: 3, failure: network },
}
const connected = (flow: string, liveness: string): unknown => ({ connected: { flow, liveness } })

const lines: readonly (readonly [string, Case, string])[] = [
  ['nobody has asked', { value: 'idle' }, 'idle: nobody has asked for a connection; `connect` would open it'],
  [
    'it dials',
    { value: 'connecting', waits: [wait(4_100, 'connecting', 'connectTimeout')] },
    'connecting; gives up in 4 s',
  ],
  [
    'it waits',
    waiting,
    'waiting 0.9 s before try 3, because the last one failed: network; `retry` would skip the wait',
  ],
  [
    'the platform says offline',
    { value: { reconnecting: 'offline' }, waits: [wait(30_100, 'reconnecting.offline', 'offlineProbe')] },
    'waiting for the network, which is said to be offline; tries all the same in 30 s; `retry` or `network.online` would skip the wait',
  ],
  [
    'the breaker is open',
    { value: { reconnecting: 'blocked' }, health: { failure: network } },
    'held back by the breaker or the retry budget, because the last one failed: network; `breaker.closed` would let it on',
  ],
  [
    'it dials again',
    { value: { reconnecting: 'dialing' }, health: { attempt: 2, failure: network } },
    'on try 2, because the last one failed: network',
  ],
  [
    'it is connected',
    { value: connected('flowing', 'alive'), health: { received: 12, sent: 2, queued: 1 } },
    'connected; 12 received, 2 sent, 1 waiting to be sent',
  ],
  [
    'it is paused',
    { value: connected('paused', 'alive') },
    'connected, paused by the app: `resume` would let messages through',
  ],
  [
    'it is in doubt',
    { value: connected('flowing', 'probing'), health: { silence: 31_000 } },
    'connected, but silent: asking for a sign of life; 0 received, 0 sent, silent for 31 s',
  ],
  [
    'it gave up',
    { value: 'error', health: { failure: network } },
    'failed for good: network; `connect` would start over',
  ],
  ['it is over', { value: 'closed', status: 'done' }, 'closed'],
]

describe('a connection in words', () => {
  test.each(lines)('when %s', (_, given, words) => {
    expect(explain(connectionIn(given), app, 'a', 100)).toBe(words)
  })

  test('with the number of tries, where the context tells it', () => {
    const context = (text: string): AppMessage => ({ kind: 'context', t: 2, actor: 'a', text })
    const settings = context('{"settings":{"maxAttempts":8}}')
    expect(explain(connectionIn(waiting, settings), app, 'a', 100)).toContain('before try 3 of 8, because')
    const unlimited = context(`{"settings":{"maxAttempts":${Number.MAX_SAFE_INTEGER}}}`)
    expect(explain(connectionIn(waiting, unlimited), app, 'a', 100)).toContain('before try 3, because')
    expect(explain(connectionIn(waiting, context('{"settings":{"max')), app, 'a', 100)).toContain(
      'before try 3, because',
    )
  })

  test('when nobody knows it', () => {
    expect(explain(connectionIn(waiting), app, 'b', null)).toBe('not there at this time')
  })
})

describe('any machine in words', () => {
  test('names its state, its timer and the events that lead on', () => {
    const told = telling(retrying)
    told.actor.send({ type: 'go' })
    told.actor.send({ type: 'lost' })
    expect(explain(told.session(), app, 'a1', null)).toBe(
      'in waiting, after backoff in 0.9 s; `retry` or `stop` would lead on',
    )
    told.actor.send({ type: 'stop' })
    expect(explain(told.session(), app, 'a1', null)).toBe('done, last in over')
  })

  test('names no event that XState sends by itself', () => {
    expect(explain(telling(asking).session(), app, 'a1', null)).toBe('in asked')
  })

  test('says what else runs', () => {
    const promise = {
      kind: 'actor',
      t: 0,
      actor: 'p',
      parent: null,
      name: 'load',
      logic: 'promise',
      definition: null,
    } as const
    const session = sessionOf(hello, { ...promise, status: 'active', value: null, tags: [], waits: [] })
    expect(explain(session, app, 'p', null)).toBe('running, a promise actor')
    session.apply({ app, messages: [{ kind: 'gone', t: 5, actor: 'p', status: 'error' }] })
    expect(explain(session, app, 'p', null)).toBe('ended by an error')
  })
})

describe('a diagnosis', () => {
  const causes = (given: Case, ...more: AppMessage[]) =>
    diagnose(connectionIn(given, ...more), app, 'a', null)
      .filter(({ verdict }) => verdict === 'cause')
      .map(({ words }) => words)
  const online = ['online']
  const heard = { received: 5, silence: 200 }

  test('finds no cause where messages come', () => {
    expect(causes({ value: connected('flowing', 'alive'), tags: online, health: heard })).toEqual([])
  })

  test.each([
    ['a connection that waits', waiting, ['no open connection', 'last failure was network']],
    ['an open breaker', { value: { reconnecting: 'blocked' }, tags: reconnecting }, ['no open connection', 'breaker']],
    ['a pause', { value: connected('paused', 'alive'), tags: online, health: heard }, ['paused it']],
    [
      'silence',
      { value: connected('flowing', 'alive'), tags: online, health: { received: 5, silence: 20_000 } },
      ['silent for 20 s'],
    ],
    [
      'a server that says nothing',
      { value: connected('flowing', 'alive'), tags: online, health: {} },
      ['not sent a message'],
    ],
    ['an actor that ended', { value: 'closed', status: 'done' as const }, ['no longer running']],
  ] as const)('names %s', (_, given: Case, found) => {
    const words = causes(given)
    for (const [index, part] of found.entries()) expect(words[index]).toContain(part)
    expect(words).toHaveLength(found.length)
  })

  test('names a gap', () => {
    const gap: AppMessage = {
      kind: 'frame',
      seq: 1,
      t: 1,
      actor: 'a',
      direction: 'in',
      what: 'gap',
      bytes: 0,
      position: null,
      text: null,
    }
    const words = causes({ value: connected('flowing', 'alive'), tags: online, health: heard }, gap)
    expect(words).toEqual(['A hole was found 0 ms ago: the server no longer had what was missed.'])
  })
})
