import { expect, test } from 'vitest'
import type { AppMessage, FrameMessage } from '../../../inspector/protocol/messages.ts'
import { coverage } from '../../../inspector/session/coverage.ts'
import { har } from '../../../inspector/session/har.ts'
import { mermaid } from '../../../inspector/session/mermaid.ts'
import { sequenceOf } from '../../../inspector/session/sequence.ts'
import type { ActorView } from '../../../inspector/session/view.ts'
import { retrying } from './machines.ts'
import { app, hello, sessionOf, telling } from './telling.ts'

const actor = (id: string, facts: Partial<ActorView> = {}): AppMessage => ({
  kind: 'actor',
  t: 0,
  actor: id,
  parent: facts.parent ?? null,
  name: facts.name ?? id,
  logic: facts.logic ?? 'machine',
  definition: null,
  status: 'active',
  value: facts.value ?? 'idle',
  tags: [],
  waits: [],
})
const event = (seq: number, to: string, type: string, source: string | null = null): AppMessage => ({
  kind: 'event',
  seq,
  t: seq * 10,
  actor: to,
  source,
  type,
})
const frame = (seq: number, facts: Partial<FrameMessage> = {}): AppMessage => ({
  kind: 'frame',
  seq,
  t: seq * 10,
  actor: 'chat',
  direction: 'in',
  what: 'message',
  bytes: 4,
  position: null,
  text: 'text',
  ...facts,
})

const told = [
  hello,
  actor('m', { name: 'manager', value: 'running' }),
  actor('chat', { parent: 'm' }),
  actor('d', { parent: 'chat', name: 'dial', logic: 'promise' }),
  event(1, 'm', 'open'),
  event(2, 'chat', 'connect', 'm'),
  event(3, 'chat', 'xstate.done.actor.dial', 'd'),
  frame(4),
  frame(5),
  frame(6),
  frame(7, { direction: 'out', what: 'send', text: null }),
  event(8, 'chat', 'xstate.after.500.chat.waiting'),
]

test('a sequence has its lanes in the order of the way to the wire, and folds what comes in a row', () => {
  const { lanes, arrows } = sequenceOf(sessionOf(...told), app)
  expect(lanes.map(({ title, kind }) => [title, kind])).toEqual([
    ['app', 'app'],
    ['manager', 'manager'],
    ['chat', 'connection'],
    ['socket', 'socket'],
  ])
  expect(arrows.map(({ from, to, kind, words, count, t, until }) => [from, to, kind, words, count, t, until])).toEqual([
    ['app', 'm', 'user', 'open', 1, 10, 10],
    ['m', 'chat', 'user', 'connect', 1, 20, 20],
    ['chat', 'chat', 'done', 'done dial', 1, 30, 30],
    ['chat socket', 'chat', 'message', 'message ×3', 3, 40, 60],
    ['chat', 'chat socket', 'message', 'send', 1, 70, 70],
    ['chat', 'chat', 'timer', 'after 500 ms', 1, 80, 80],
  ])
})

test('a sequence is of a range and of one actor where that is asked for', () => {
  const session = sessionOf(...told)
  expect(sequenceOf(session, app, { from: 20, to: 30 }).arrows.map(({ words }) => words)).toEqual([
    'connect',
    'done dial',
  ])
  expect(sequenceOf(session, app, { actor: 'm' }).arrows.map(({ words }) => words)).toEqual(['open', 'connect'])
})

test('parents that go round in a circle have a lane all the same', () => {
  const session = sessionOf(
    hello,
    actor('a', { parent: 'b', logic: 'promise' }),
    actor('b', { parent: 'a', logic: 'promise' }),
    event(1, 'a', 'x'),
  )
  expect(sequenceOf(session, app).arrows).toHaveLength(1)
})

test('actors beyond the lanes that can be read are drawn in the lane of the app', () => {
  const names = Array.from({ length: 30 }, (_, index) => `actor ${index}`)
  const own = names.map((name, index) => event(index + 1, name, 'turn', name))
  const { lanes, arrows } = sequenceOf(sessionOf(hello, ...names.map((name) => actor(name)), ...own), app)
  expect(lanes).toHaveLength(25)
  expect(arrows.map(({ from }) => from)).toEqual([...names.slice(0, 24), 'app'])
  expect(arrows.at(-1)?.words).toBe('turn ×6')
})

test('a Mermaid diagram says the same', () => {
  expect(mermaid(sessionOf(...told), app, 0, 100)).toBe(`sequenceDiagram
  actor lane0 as app
  participant lane1 as manager
  participant lane2 as chat
  participant lane3 as socket
  lane0->>lane1: open
  lane1->>lane2: connect
  lane2-->>lane2: done dial
  lane3->>lane2: message ×3
  lane2->>lane3: send
  lane2-->>lane2: after 500 ms
`)
})

test('names from strangers cannot break out of a Mermaid diagram', () => {
  const hostile = 'x\n  Note over lane0: <b>;#evil%%'
  const text = mermaid(sessionOf(hello, actor('a', { name: hostile }), event(1, 'a', hostile)), app, 0, 100)
  expect(text.split('\n')).toHaveLength(5)
  expect(text).not.toMatch(/<b>|%%/)
})

test('a HAR has the frames of each connection, with the wall clock', () => {
  const { log } = JSON.parse(har(sessionOf(...told), app))
  expect(log.entries).toHaveLength(1)
  const [entry] = log.entries
  expect([entry.startedDateTime, entry.request.bodySize, entry.response.content.size]).toEqual([
    '2023-11-14T22:13:20.040Z',
    4,
    12,
  ])
  expect(entry._webSocketMessages.map(({ type, data }: { type: string; data: string }) => [type, data])).toEqual([
    ['receive', 'text'],
    ['receive', 'text'],
    ['receive', 'text'],
    ['send', ''],
  ])
})

test('coverage counts what was entered and taken, and names what never was', () => {
  const { actor: running, clock, session } = telling(retrying)
  running.send({ type: 'go' })
  running.send({ type: 'lost' })
  clock.increment(900)
  running.send({ type: 'lost' })
  const covered = coverage([{ session: session(), app }], 'd1')
  expect(covered?.neverEntered).toEqual([
    'retrying.online',
    'retrying.online.flow',
    'retrying.online.flow.flowing',
    'retrying.online.flow.paused',
    'retrying.online.liveness',
    'retrying.online.liveness.alive',
    'retrying.over',
  ])
  expect(covered?.states.find(({ id }) => id === 'retrying.waiting')?.seen).toBe(2)
  expect(covered?.transitions.find(({ key }) => key === 'retrying.trying lost 0')?.taken).toBe(2)
  expect(covered?.neverTaken).toContain('retrying.waiting retry 0')
  expect(covered?.heat.get('retrying.trying lost 0')).toBe(1)
  expect(covered?.heat.get('retrying.waiting retry 0')).toBe(0)
  const once = covered?.heat.get('retrying.idle go 0') ?? 0
  expect(once).toBeGreaterThan(0.5)
  expect(once).toBeLessThan(1)
})

test('coverage of several sessions is that of all together', () => {
  const [one, other] = [telling(retrying), telling(retrying)]
  one.actor.send({ type: 'go' })
  other.actor.send({ type: 'go' })
  other.actor.send({ type: 'go' })
  const sessions = [one, other].map(({ session }) => ({ session: session(), app }))
  const alone = coverage(sessions.slice(0, 1), 'd1')
  const both = coverage(sessions, 'd1')
  expect(both?.states.find(({ id }) => id === 'retrying.idle')?.seen).toBe(2)
  expect(both?.share).toBeGreaterThan(alone?.share ?? 1)
  expect(coverage(sessions, 'unknown')).toBeNull()
})
