import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createActor, getNextTransitions } from 'xstate'
import type { ConnectionInput } from '../connection/settings.ts'
import { httpStreamConnection } from '../http-stream.ts'
import { stateOf, webSocketConnection } from '../websocket.ts'
import { simulatedPool } from './environment.ts'
import {
  type ConnectionPath,
  connectionPaths,
  driveConnection,
  gate,
  type ModelEvent,
  simulatedClock,
  simulatedEnvironment,
  walk,
} from './index.ts'
import { peerOf, type ScriptedServer, scriptedServer } from './server.ts'

let server: ScriptedServer
beforeAll(async () => {
  server = await scriptedServer()
})
afterAll(() => server.close())

/** Walks with a connection of its own, and leaves nothing behind. */
async function walkAlone(path: ConnectionPath, check: (state: string) => void = () => {}): Promise<void> {
  const clock = simulatedClock()
  const authorize = gate()
  const environment = simulatedEnvironment()
  const pool = simulatedPool()
  const input = {
    ...path.input,
    url: server.socketUrl,
    ...(path.input.pool && { pool }),
    ...(path.input.authorize && { authorize }),
    ...(path.input.environment && { environment }),
  }
  const actor = createActor(webSocketConnection, { input, clock }).start()
  const surroundings = path.input.environment ? environment : undefined
  const drive = driveConnection({ peer: peerOf(server), clock, actor, authorize, environment: surroundings, pool })
  try {
    await walk(path, { drive, check: ({ state }) => check(state) })
    expect(stateOf(actor.getSnapshot())).toBe(path.steps.at(-1)?.state)
  } finally {
    actor.stop()
    await server.until(() => server.open === 0)
  }
}

const setups: Readonly<Record<string, ConnectionInput>> = {
  'one retry, nothing watched': { maxAttempts: 1 },
  'watched, with a renewable credential': { maxAttempts: 1, heartbeatInterval: 1_000, authorize: async () => {} },
  'lazy, no retry, a first byte expected': { lazy: true, maxAttempts: 0, firstByteTimeout: 500, idleTimeout: 2_000 },
  'within a page, resting while hidden': { maxAttempts: 1, pauseWhenHidden: true, environment: simulatedEnvironment() },
  'lazy, in a pool that holds back': { lazy: true, maxAttempts: 1, pool: simulatedPool() },
  'with a time for everything': { maxAttempts: 0, totalTimeout: 100 },
}

/** Whatever has to do with the page and the network, and what leads there; the other setups see the rest. */
function aboutSurroundings({ failure = 'retry', type }: ModelEvent): boolean {
  return failure === 'retry' && /^(connect|retry|link\.lost|network|page|xstate)/.test(type)
}

for (const [name, input] of Object.entries(setups)) {
  const paths = connectionPaths({ input, drives: input.environment ? aboutSurroundings : undefined })
  test(`every edge is walked: ${name}`, { timeout: 120_000 }, async () => {
    expect(paths.length).toBeGreaterThan(10)
    for (const path of paths) await walkAlone(path)
  })
}

test('every edge of an HTTP connection is walked', { timeout: 60_000 }, async () => {
  const drives = ({ type }: ModelEvent): boolean => type !== 'send'
  for (const path of connectionPaths({ input: { maxAttempts: 1 }, protocol: 'http', drives })) {
    const clock = simulatedClock()
    const input = { ...path.input, url: server.url }
    const actor = createActor(httpStreamConnection, { input, clock }).start()
    await walk(path, { drive: driveConnection({ peer: peerOf(server), clock, actor }) })
    actor.stop()
    await server.until(() => server.open === 0)
  }
})

describe('the walks', () => {
  test('together pass every state of the chart that their setups allow', () => {
    const seen = new Set(
      Object.values(setups).flatMap((input) =>
        connectionPaths({ input }).flatMap(({ steps }) => steps.map(({ snapshot }) => JSON.stringify(snapshot.value))),
      ),
    )
    const inside = [
      'waiting',
      'offline',
      'hidden',
      'blocked',
      'authorizing',
      'dialing',
      'probing',
      'confirming',
      'unheard',
    ]
    for (const state of inside)
      expect(
        [...seen].some((value) => value.includes(`"${state}"`)),
        state,
      ).toBe(true)
  })

  test('have names of their own, and none begins another', () => {
    const names = connectionPaths().map(({ name }) => `${name} → `)
    expect(new Set(names).size).toBe(names.length)
    for (const one of names)
      expect(
        names.some((other) => other !== one && other.startsWith(one)),
        one,
      ).toBe(false)
  })

  test('cover every transition that can be taken in each state they pass', () => {
    const paths = connectionPaths()
    const walked = new Set(
      paths.flatMap(({ steps }) =>
        steps.slice(1).map(({ event }, index) => `${JSON.stringify(steps[index]?.snapshot.value)} ${event.type}`),
      ),
    )
    const connected = paths
      .flatMap(({ steps }) => steps)
      .find(({ snapshot }) => snapshot.matches('connected'))?.snapshot
    if (connected === undefined) throw new Error('No walk connects.')
    const sent = getNextTransitions(connected)
      .map(({ eventType }) => eventType)
      .filter((type) => type !== '' && !type.startsWith('xstate.'))
    // Of these nothing can come where no total time is set, nothing drains and there is no pool.
    const elsewhere = new Set(['total.expired', 'close.expired', 'outbox.drained'])
    for (const type of sent.filter((one) => !elsewhere.has(one)))
      expect(walked.has(`${JSON.stringify(connected.value)} ${type}`), type).toBe(true)
  })

  test('to each state are fewer than through every edge, and without loops more', () => {
    const [states, edges] = [connectionPaths({ cover: 'states' }), connectionPaths()]
    expect(states.length).toBeLessThan(edges.length)
    const drives = ({ type }: { readonly type: string }): boolean =>
      /^(connect|close|link\.lost)$|actor\.|backoff/.test(type)
    expect(connectionPaths({ cover: 'simple', drives }).length).toBeGreaterThan(
      connectionPaths({ cover: 'states', drives }).length,
    )
  })

  test('leave out what the test cannot drive, and take what it adds', () => {
    const drives = ({ type }: { readonly type: string }): boolean => type !== 'pause'
    const paths = connectionPaths({ drives, events: () => [{ type: 'resume' }] })
    const types = new Set(paths.flatMap(({ steps }) => steps.map(({ event }) => event.type)))
    expect([types.has('pause'), types.has('resume')]).toEqual([false, true])
  })

  test('hold each request back and let it go where there is a pool, and wait for long timers where they are set', () => {
    const namesOf = (input: ConnectionInput, event?: ModelEvent): string =>
      connectionPaths({ input, events: () => (event === undefined ? [] : [event]) })
        .map(({ name }) => name)
        .join()
    const alone = namesOf({ maxAttempts: 0 })
    const pooled = namesOf({ maxAttempts: 0, pool: simulatedPool(), totalTimeout: 5_000 })
    for (const name of ['connect (admitted)', 'connect (held back)', 'after.admission (held back)', 'total.expired'])
      expect([alone.includes(name), pooled.includes(name)], name).toEqual([false, true])
    const draining = namesOf({ maxAttempts: 0, closeTimeout: 10 }, { type: 'close', drain: true, queued: 1 })
    for (const name of ['close (drain) → close.expired', 'close (drain) → outbox.drained', 'close (drain) → done.dial'])
      expect([alone.includes(name), draining.includes(name)], name).toEqual([false, true])
  })

  test('end at the limit that was set', () => {
    expect(() => connectionPaths({ limit: 3 })).toThrow('limit')
  })
})

test('a check that fails says on which way, and in which state', async () => {
  const path = connectionPaths().find(({ name }) => name.startsWith('connect → done.dial'))
  if (path === undefined) throw new Error('There is no such walk.')
  const check = (state: string): void => {
    if (state === 'connected') throw new Error('the screen is wrong')
  }
  await expect(walkAlone(path, check)).rejects.toThrow('After connect → done.dial, in connected: the screen is wrong')
})

test('a walk takes its retries after a time that is not nothing, whatever is drawn', async () => {
  // One draw in a thousand rounds to a backoff of 0 ms, which falls due with the timer before it: two steps in one.
  const drawn = vi.spyOn(Math, 'random').mockReturnValue(0)
  const path = connectionPaths().find(({ name }) => name.endsWith('after.connectTimeout'))
  if (path === undefined) throw new Error('There is no such walk.')
  try {
    await walkAlone(path)
  } finally {
    drawn.mockRestore()
  }
  const random = (): number => 0.25
  expect(connectionPaths({ input: { maxAttempts: 1, random } })[0]?.input.random).toBe(random)
})

test('an event that cannot be brought about fails loudly', async () => {
  const path = connectionPaths({ input: { maxAttempts: 1, authorize: async () => {} } }).find(({ name }) =>
    name.includes('done.authorize'),
  )
  if (path === undefined) throw new Error('There is no such walk.')
  const clock = simulatedClock()
  const input = { ...path.input, url: server.socketUrl, authorize: () => new Promise(() => {}) }
  const actor = createActor(webSocketConnection, { input, clock }).start()
  const drive = driveConnection({ peer: peerOf(server), clock, actor })
  await expect(walk(path, { drive })).rejects.toThrow('cannot bring about xstate.done.actor.authorize')
  actor.stop()
  await server.until(() => server.open === 0)
})

test.each([
  { type: 'restored' },
  { type: 'outbox.drained' },
  { type: 'breaker.opened' },
  { type: 'retry', admitted: false },
])('the world of a test, and not the driver, brings about $type', async (event) => {
  const actor = createActor(webSocketConnection, { input: { url: server.socketUrl } }).start()
  const drive = driveConnection({ peer: peerOf(server), clock: simulatedClock(), actor })
  const step = { name: event.type, event, state: 'idle', snapshot: actor.getSnapshot() as never } as const
  await expect(drive(step)).rejects.toThrow(`cannot bring about ${event.type}`)
  actor.stop()
})

test('a connection that is not where the model is fails with both', async () => {
  const [path] = connectionPaths({ cover: 'states', drives: ({ type }) => type === 'connect' })
  if (path === undefined) throw new Error('There is no such walk.')
  const clock = simulatedClock()
  const actor = createActor(webSocketConnection, { input: { url: 'ftp://localhost' }, clock }).start()
  const drive = driveConnection({ peer: peerOf(server), clock, actor, timeout: 50 })
  await expect(walk(path, { drive })).rejects.toThrow(/Expected .*connecting.* seen .*error/)
  actor.stop()
})
