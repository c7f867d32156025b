import { describe, expect, test } from 'vitest'
import { createActor, transition } from 'xstate'
import { failure } from '../test/simulation/scripted.ts'
import { connectionMachine, stateOf } from './connection.ts'
import { authorizeSource, dialSource, linkSource } from './connection-actors.ts'
import * as decide from './connection-decisions.ts'
import { type ConnectionContext, failureOf, initialContext, linkOf, outputOf } from './connection-types.ts'
import * as machines from './index.ts'

const context = (given: Partial<ConnectionContext> = {}, input = {}): ConnectionContext => ({
  ...initialContext(input),
  ...given,
})

describe('whether a failure is retried', () => {
  const network = failure('network')
  test('depends on how many failed in a row', () => {
    expect(decide.mayRetry(context({ attempt: 2 }, { maxAttempts: 3 }), network)).toBe(true)
    expect(decide.mayRetry(context({ attempt: 3 }, { maxAttempts: 3 }), network)).toBe(false)
  })

  test('depends on since when', () => {
    const since = (failingSince: number | null, now: number) =>
      decide.mayRetry(context({ failingSince, now }, { maxElapsedTime: 100 }), network)
    expect([since(50, 149), since(50, 150), since(null, 1_000)]).toEqual([true, false, true])
  })

  test('depends on what it is, and a web page is another thing to one that was connected once', () => {
    const page = failure('unexpected_content_type', { contentType: 'text/html' })
    expect(decide.mayRetry(context(), page)).toBe(false)
    expect(decide.mayRetry(context({ established: 1 }), page)).toBe(true)
    expect(decide.mayRetry(context({ established: 1 }), failure('bad_url'))).toBe(false)
  })

  test('depends on how often a head came without a type, until it was connected once', () => {
    const torn = failure('not_a_stream_server', { status: 200 })
    const answers = [0, 1, 2].map((attempt) => decide.mayRetry(context({ attempt }), torn))
    expect(answers).toEqual([true, true, false])
    expect(decide.mayRetry(context({ attempt: 50, established: 1 }), torn)).toBe(true)
  })
})

test('a credential is renewed only when it was refused, and only while it can be', () => {
  const refused = failure('http_status', { status: 401 })
  expect(decide.mayRenew(context({ credential: 'renewable' }), refused)).toBe(true)
  expect(decide.mayRenew(context({ credential: 'renewable' }), failure('network'))).toBe(false)
  expect(decide.mayRenew(context({ credential: 'renewed' }), refused)).toBe(false)
  expect(decide.mayRenew(context({ credential: 'fixed' }), refused)).toBe(false)
})

test('only an end that the protocol says is one', () => {
  expect(decide.isOver(context(), failure('http_status', { status: 204 }))).toBe(true)
  expect(decide.isOver(context(), failure('closed_by_server', { closeCode: 1_000 }))).toBe(true)
  expect(decide.isOver(context(), failure('interrupted'))).toBe(false)
})

test('either promise makes a link watched', () => {
  expect(decide.isWatched(context())).toBe(false)
  expect(decide.isWatched(context({}, { heartbeatInterval: 5_000 }))).toBe(true)
  expect(decide.isWatched(context({}, { idleTimeout: 5_000 }))).toBe(true)
})

test('silence is measured to the millisecond', () => {
  const input = { heartbeatInterval: 1_000, idleTimeout: 2_000 }
  expect(decide.isSilent(context({ silence: 999 }, input))).toBe(false)
  expect(decide.isSilent(context({ silence: 1_000 }, input))).toBe(true)
  expect(decide.isIdle(context({ silence: 1_999 }, input))).toBe(false)
  expect(decide.isIdle(context({ silence: 2_000 }, input))).toBe(true)
})

test('the next look comes when the shorter promise is due, and never at once', () => {
  const until = (silence: number) =>
    decide.untilQuiet(context({ silence }, { heartbeatInterval: 1_000, idleTimeout: 3_000 }))
  expect([0, 400, 999.5, 1_000, 5_000].map(until)).toEqual([1_000, 600, 1, 1_000, 1_000])
  expect(decide.untilQuiet(context({}, { heartbeatInterval: 3_000, idleTimeout: 1_000 }))).toBe(1_000)
})

test('who can be asked may be doubted at any time, who cannot only with a promise, and at a look only when it is overdue', () => {
  const input = { heartbeatInterval: 1_000 }
  expect(decide.isProbeable(context({ probe: 'ping' }))).toBe(true)
  expect(decide.isProbeable(context({ probe: 'wait' }))).toBe(false)
  expect(decide.isProbeable(context({ probe: 'wait' }, input))).toBe(true)
  expect(decide.isOverdue(context({ probe: 'ping' }))).toBe(true)
  expect(decide.isOverdue(context({ probe: 'wait', silence: 999 }, input))).toBe(false)
  expect(decide.isOverdue(context({ probe: 'wait', silence: 1_000 }, input))).toBe(true)
})

test('each step takes half the time', () => {
  expect(decide.patienceWithSilence(context({}, { heartbeatInterval: 1_000 }))).toBe(500)
  expect(decide.patienceInDoubt(context({ probe: 'ping' }, { probeTimeout: 800 }))).toBe(400)
})

describe('after a failure', () => {
  test('it is counted, kept, timed and followed by a wait', () => {
    const met = context({ attempt: 1, now: 70, chance: 0.25, established: 1 })
    const error = failure('network')
    expect(decide.afterFailure(met, error)).toEqual({ failure: error, attempt: 2, delay: 1_000, failingSince: 70 })
    expect(decide.afterFailure({ ...met, failingSince: 3 }, error)).toMatchObject({ failingSince: 3 })
  })

  test('what nobody knows is an internal error with its cause', () => {
    expect(decide.afterFailure(context(), 'thrown').failure).toMatchObject({ code: 'internal', cause: 'thrown' })
  })

  test.each([
    ['503 is a crowd', { status: 503 }, 'http_status', 3_750],
    ['429 is not', { status: 429 }, 'http_status', 250],
    ['a planned close is a crowd', { closeCode: 4_300 }, 'closed_by_server', 3_750],
    ['an unplanned one is not', { closeCode: 4_200 }, 'closed_by_server', 250],
    ['whose lot was drawn is no crowd', { closeCode: 4_300 }, 'interrupted', 250],
  ] as const)('%s', (_, facts, code, jitter) => {
    const error = failure(code, { ...facts, retryAfterMs: 1_000 })
    expect(decide.afterFailure(context(), error).delay).toBe(1_000 + jitter)
  })

  test('the longer floor counts', () => {
    const delay = (retryFloor: number, retryAfterMs?: number) =>
      decide.afterFailure(context({ retryFloor, chance: 0 }), failure('network', { retryAfterMs })).delay
    expect([delay(30), delay(30, 20), delay(30, 40)]).toEqual([30, 30, 40])
  })
})

test('whom the breaker lets go draws from four seconds at least, and from no floor', () => {
  const delay = (attempt: number) => decide.redrawn(context({ attempt, chance: 0.5, retryFloor: 60_000 })).delay
  expect([0, 1, 2, 3].map(delay)).toEqual([2_000, 2_000, 2_000, 4_000])
})

test('stability makes a renewed credential renewable, and leaves the others what they are', () => {
  const after = (credential: ConnectionContext['credential']) =>
    decide.afterStability(context({ credential })).credential
  expect((['fixed', 'renewable', 'renewed'] as const).map(after)).toEqual(['fixed', 'renewable', 'renewable'])
})

test('an ending has the code it was given, if that is a number', () => {
  expect(decide.endingOf({ type: 'close' })).toEqual({ reason: 'closed', code: undefined })
  const given = { type: 'close', code: 4_000 }
  expect(decide.endingOf(given)).toEqual({ reason: 'closed', code: 4_000 })
  const wrong = { type: 'close', code: '4000' }
  expect(decide.endingOf(wrong)).toEqual({ reason: 'closed', code: undefined })
})

test('what rests in error is always an error', () => {
  expect(decide.restingFailure(context())).toMatchObject({ code: 'internal' })
  const error = failure('gap')
  expect(decide.restingFailure(context({ failure: error }))).toBe(error)
})

test('a lazy connection that may not send a request yet waits for its turn', () => {
  const send = (input: object, admission: number): unknown => {
    const idle = connectionMachine.resolveState({ value: 'idle', context: context({ admission }, input) })
    return transition(connectionMachine, idle, { type: 'send', data: '' })[0].value
  }
  expect(send({ lazy: true }, 0)).toBe('connecting')
  expect(send({ lazy: true }, 1)).toEqual({ reconnecting: 'blocked' })
  expect(send({}, 0)).toBe('idle')
})

test('the context a connection begins with', () => {
  expect(context()).toMatchObject({
    attempt: 0,
    established: 0,
    delay: 0,
    credential: 'fixed',
    flow: 'flowing',
    probe: 'wait',
    position: null,
    answered: true,
    network: 'online',
    page: 'visible',
    chance: 0.5,
  })
  const given = { authorize: async () => {}, startPaused: true, position: 'p' }
  expect(initialContext(given)).toMatchObject({ credential: 'renewable', flow: 'paused', position: 'p' })
  expect(initialContext({ startPaused: false }).flow).toBe('flowing')
})

test('what comes out at the end, and what events carry', () => {
  expect(outputOf(context({ received: 3, sent: 2 }))).toEqual({
    reason: 'closed',
    position: null,
    received: 3,
    sent: 2,
  })
  expect(outputOf(context({ ending: { reason: 'done' } }))).toMatchObject({ reason: 'done' })
  const lost = { type: 'link.lost', error: 7 }
  const done = { type: 'xstate.done.actor.dial', output: 8 }
  expect([failureOf(lost), failureOf(done), linkOf(done), linkOf(lost)]).toEqual([7, undefined, 8, undefined])
})

test('each actor that was not plugged in says its name', async () => {
  for (const [name, source] of Object.entries({ dial: dialSource, authorize: authorizeSource })) {
    const actor = createActor(source, { input: {} } as never)
    const failed = new Promise((resolve) => actor.subscribe({ error: resolve }))
    actor.start()
    expect(String(await failed)).toBe(
      `Error: The connection chart has no "${name}" actor. Use connection(transport), or provide one yourself.`,
    )
  }
  const link = createActor(linkSource, { input: {} } as never)
  const failed = new Promise((resolve) => link.subscribe({ error: resolve }))
  link.start()
  expect(String(await failed)).toContain('has no "link" actor')
})

test('the name of a state is its outermost one', () => {
  expect(stateOf({ value: 'idle' })).toBe('idle')
  expect(stateOf({ value: { reconnecting: 'waiting' } })).toBe('reconnecting')
  expect(machines.stateOf).toBe(stateOf)
  expect(machines.connectionMachine).toBe(connectionMachine)
})
