import { expect, test } from 'vitest'
import { bounds } from '../../../inspector/protocol/bounds.ts'
import type { AppMessage } from '../../../inspector/protocol/messages.ts'
import { createSession } from '../../../inspector/session/session.ts'
import { retrying } from './machines.ts'
import { app, hello, sessionOf, telling } from './telling.ts'

/** goes: idle, trying at 10, waiting at 20, trying at 920, online at 1,000 */
function story() {
  const told = telling(retrying)
  told.clock.increment(10)
  told.actor.send({ type: 'go' })
  told.clock.increment(10)
  told.actor.send({ type: 'lost' })
  told.clock.increment(900)
  told.clock.increment(80)
  told.actor.send({ type: 'go' })
  return told
}

const actorMessage = (actor: string, t = 0): AppMessage => ({
  kind: 'actor',
  t,
  actor,
  parent: null,
  name: actor,
  logic: 'machine',
  definition: null,
  status: 'active',
  value: 'idle',
  tags: [],
  waits: [],
})

const step = (seq: number, t: number, actor: string, value: unknown): AppMessage => ({
  kind: 'step',
  seq,
  t,
  actor,
  because: seq - 1,
  taken: null,
  value,
  tags: [],
  status: 'active',
})

test('an actor is at every instant what it was then', () => {
  const session = story().session()
  const value = (at: number | null) => session.actor(app, 'a1', at)?.value
  expect([0, 9, 10, 19, 20, 919, 920, 999].map(value)).toEqual([
    'idle',
    'idle',
    'trying',
    'trying',
    'waiting',
    'waiting',
    'trying',
    'trying',
  ])
  expect(value(null)).toEqual({ online: { flow: 'flowing', liveness: 'alive' } })
  expect(value(-1)).toBeUndefined()
  expect(session.actors(app, 15).map(({ name, phase }) => [name, phase])).toEqual([['retrying', 'pending']])
})

test('a wait begins with its state, and ends when the state is left or it fires', () => {
  const session = story().session()
  const waits = (at: number) =>
    session.actor(app, 'a1', at)?.waits.map(({ event, since, delay }) => [event, since, delay])
  expect(waits(5)).toEqual([])
  expect(waits(15)).toEqual([['xstate.after.5000.retrying.trying', 10, 5_000]])
  expect(waits(500)).toEqual([['xstate.after.backoff.retrying.waiting', 20, 900]])
  expect(waits(950)).toEqual([['xstate.after.5000.retrying.trying', 920, 5_000]])
  expect(session.actor(app, 'a1', null)?.waits).toEqual([])
})

test('a wait that nothing ties to a state ends when it fires, or is given up when it is long overdue', () => {
  const wait = { kind: 'timer', t: 0, actor: 'a', event: 'total.expired', delay: 500, since: 0 } as const
  const fires = { kind: 'event', seq: 5, t: 400, actor: 'a', source: null, type: 'total.expired' } as const
  const session = sessionOf(hello, actorMessage('a'), wait, step(1, 100, 'a', 'other'))
  expect(session.actor(app, 'a', 300)?.waits).toHaveLength(1)
  expect(session.actor(app, 'a', 1_501)?.waits).toHaveLength(0)
  session.apply({ app, messages: [fires] })
  expect(session.actor(app, 'a', null)?.waits).toHaveLength(0)
})

test('a wait that was cancelled has ended, and only then', () => {
  const wait = { kind: 'timer', t: 0, actor: 'a', event: 'total.expired', delay: 500, since: 0 } as const
  const cancelled = { kind: 'cancelled', t: 200, actor: 'a', event: 'total.expired' } as const
  const again = { ...wait, t: 300, since: 300 }
  const session = sessionOf(hello, actorMessage('a'), wait, { ...cancelled, event: 'other' }, cancelled, again)
  const waits = (at: number | null) => session.actor(app, 'a', at)?.waits.map(({ since }) => since)
  expect([199, 200, null].map(waits)).toEqual([[0], [], [300]])
  expect(session.bands(app, 'a')).toHaveLength(1)
})

test('an event that nobody heard is not asked for', () => {
  const event: AppMessage = { kind: 'event', seq: 0, t: 1, actor: 'a', source: null, type: 'go' }
  expect(sessionOf(hello, actorMessage('a'), event).event(app, 0)).toBeUndefined()
})

test('of the waits that somebody has kept for others, those of states that were left are let go', () => {
  const { messages } = story()
  const [, definition] = messages
  if (definition === undefined) throw new Error('There is no definition.')
  const waits = ['trying', 'waiting'].map((state) => ({
    event: `xstate.after.5.retrying.${state}`,
    delay: 5,
    since: 0,
  }))
  const session = sessionOf(hello, definition, {
    ...actorMessage('a'),
    definition: 'd1',
    value: 'waiting',
    waits,
  } as AppMessage)
  expect(session.actor(app, 'a', null)?.waits.map(({ event }) => event)).toEqual(['xstate.after.5.retrying.waiting'])
})

test('a state that is passed through within a millisecond has no band', () => {
  const value = (seq: number, t: number, name: string) => step(seq, t, 'a', name)
  const session = sessionOf(hello, actorMessage('a'), value(1, 10, 'passed'), value(3, 10, 'idle'), value(5, 20, 'on'))
  expect(session.bands(app, 'a').map(({ words, from, to }) => [words, from, to])).toEqual([
    ['idle', 0, 20],
    ['on', 20, null],
  ])
})

test('the bands follow each other without a hole and end with the actor', () => {
  const told = story()
  told.clock.increment(10)
  told.actor.send({ type: 'stop' })
  const session = told.session()
  session.apply({ app, messages: [{ kind: 'gone', t: 1_020, actor: 'a1', status: 'stopped' }] })
  expect(session.bands(app, 'a1').map(({ phase, from, to, words }) => [phase, from, to, words])).toEqual([
    ['idle', 0, 10, 'idle'],
    ['pending', 10, 20, 'trying'],
    ['degraded', 20, 920, 'waiting'],
    ['pending', 920, 1_000, 'trying'],
    ['online', 1_000, 1_010, 'online.flow.flowing, online.liveness.alive'],
    ['idle', 1_010, 1_020, 'over'],
  ])
})

test('what has been told before somebody listened is put in its place when it comes late', () => {
  const { messages } = story()
  const steps = messages.filter(({ kind }) => kind === 'step' || kind === 'event')
  const session = sessionOf(hello, { ...actorMessage('a1', 2_000), value: 'online' } as AppMessage, ...steps)
  expect(session.actor(app, 'a1', null)?.value).toBe('online')
  expect(session.actor(app, 'a1', 500)?.value).toBe('waiting')
  expect(session.bands(app, 'a1').map(({ from }) => from)).toEqual([10, 20, 920, 1_000, 2_000])
})

test('an entry that is told again is kept once', () => {
  const { messages, session } = story()
  const heard = session()
  const before = heard.entries(app).length
  heard.apply({ app, messages })
  expect(heard.entries(app)).toHaveLength(before)
  expect(heard.actor(app, 'a1', 500)?.value).toBe('waiting')
})

test('another run of the app begins anew, and the same run goes on', () => {
  const heard = story().session()
  heard.apply({ app, gone: true })
  expect(heard.apps[0]?.state).toBe('gone')
  heard.apply({ app, messages: [{ ...hello, epoch: hello.epoch }] })
  expect([heard.apps[0]?.state, heard.entries(app).length > 0]).toEqual(['here', true])
  heard.apply({ app, messages: [{ ...hello, epoch: hello.epoch + 60_000 }] })
  expect(heard.entries(app)).toEqual([])
})

test('an actor that nobody has introduced is not shown, and its steps are in the log', () => {
  const session = sessionOf(hello, step(1, 5, 'ghost', 'x'))
  expect(session.actors(app, null)).toEqual([])
  expect(session.entries(app)).toHaveLength(1)
})

test('entries never run backwards, whatever the clock does', () => {
  const session = sessionOf(
    hello,
    actorMessage('a'),
    step(1, 50, 'a', 'x'),
    step(3, 20, 'a', 'y'),
    step(5, 60, 'a', 'z'),
  )
  expect(session.entries(app).map(({ t }) => t)).toEqual([50, 50, 60])
  expect(session.actor(app, 'a', 55)?.value).toBe('y')
})

test('the log is one array until something is added, and listeners are told once', async () => {
  const session = sessionOf(hello, actorMessage('a'), step(1, 1, 'a', 'x'))
  let told = 0
  await Promise.resolve()
  const stop = session.subscribe(() => told++)
  const first = session.entries(app)
  expect(session.entries(app)).toBe(first)
  for (let seq = 2; seq < 12; seq++) session.apply({ app, messages: [step(seq, seq, 'a', 'y')] })
  expect(session.entries(app)).not.toBe(first)
  expect(told).toBe(0)
  await Promise.resolve()
  expect(told).toBe(1)
  stop()
  session.apply({ app, messages: [step(50, 50, 'a', 'z')] })
  await Promise.resolve()
  expect(told).toBe(1)
})

test('what is let go is counted, and the state at the oldest entry is still known', () => {
  const session = sessionOf(hello, actorMessage('a'))
  const count = bounds.ring + 7_000
  for (let seq = 1; seq <= count; seq++) session.apply({ app, messages: [step(seq, seq, 'a', `s${seq}`)] })
  const entries = session.entries(app)
  expect(entries).toHaveLength(bounds.ring)
  expect(session.apps[0]?.dropped).toBe(7_000)
  const [oldest] = entries
  expect(session.actor(app, 'a', oldest?.t ?? 0)?.value).toBe(`s${oldest?.seq}`)
})

test('many more actors than the bound cost the ones that are gone, never more memory', () => {
  const session = createSession()
  for (let index = 0; index < bounds.actors + 500; index++) {
    const messages: AppMessage[] = [actorMessage(`a${index}`, index)]
    if (index < 1_000) messages.push({ kind: 'gone', t: index, actor: `a${index}`, status: 'done' })
    session.apply({ app, messages })
  }
  expect(session.actors(app, null)).toHaveLength(bounds.actors)
  expect(session.actor(app, 'a0', null)).toBeUndefined()
  expect(session.actor(app, `a${bounds.actors + 499}`, null)).toBeDefined()
})

test('too many apps: one that has left makes room, and otherwise the new one is not heard', () => {
  const session = createSession()
  for (let index = 0; index <= bounds.apps; index++) session.apply({ app: `app#${index}`, messages: [hello] })
  expect(session.apps).toHaveLength(bounds.apps)
  session.apply({ app: 'app#3', gone: true })
  session.apply({ app: 'late', messages: [hello] })
  expect(session.apps.map(({ key }) => key)).toContain('late')
  expect(session.apps).toHaveLength(bounds.apps)
})
