import { expect, test } from 'vitest'
import type { AppMessage } from '../protocol/messages.ts'
import { type Batch, batchOf, messagesOf } from './batch.ts'
import { createRegistry, type Registry, type RegistryBounds } from './registry.ts'

const hello = { kind: 'hello', protocol: 1, name: 'app', runtime: 'node', epoch: 0 } as const
const limits: RegistryBounds = { apps: 3, gone: 4, goneFor: 1_000, bytes: 10_000 }

function eventOf(seq: number): AppMessage {
  return { kind: 'event', seq, t: seq, actor: 'a', source: null, type: 'tick' }
}

/** So many bytes. */
function weighing(bytes: number, message: AppMessage): Batch {
  const text = JSON.stringify(message)
  return { messages: [message], text: `[${text}${' '.repeat(bytes - text.length - 2)}]` }
}

/** An app with so many events of a hundred bytes each; its key. */
function filled(registry: Registry<null>, name: string, events: number): string {
  const key = registry.register(name, null)?.key ?? ''
  registry.keep(key, batchOf([hello]))
  for (let seq = 1; seq <= events; seq += 1) registry.keep(key, weighing(100, eventOf(seq)))
  return key
}

const keys = (registry: Registry<null>): string[] => [...registry.all()].map(({ key }) => key)
const replayOf = (registry: Registry<null>, key: string): readonly AppMessage[] =>
  registry.find(key)?.history.replay().flatMap(messagesOf) ?? []

test('when all histories together are too heavy, the longest gives way and says so; the others stay whole', () => {
  const registry = createRegistry<null>(() => 0, limits)
  const small = filled(registry, 'small', 20)
  const large = filled(registry, 'large', 70)
  filled(registry, 'new', 30)
  expect(replayOf(registry, small)).toHaveLength(1 + 20)
  const replay = replayOf(registry, large)
  expect(replay[1]).toEqual({ kind: 'dropped', t: 21, count: 20 })
  expect(replay).toHaveLength(2 + 50)
})

test('who has gone makes room before anybody who is here is shortened, the first that left first', () => {
  const registry = createRegistry<null>(() => 0, limits)
  const [one, two] = [filled(registry, 'one', 30), filled(registry, 'two', 30)]
  registry.markGone(two)
  registry.markGone(one)
  const here = filled(registry, 'here', 60)
  expect(keys(registry)).toEqual([one, here])
  const other = filled(registry, 'other', 20)
  expect(keys(registry)).toEqual([here, other])
  expect(replayOf(registry, here)).toHaveLength(1 + 60)
})

test('what an ended app told is kept for so long, and of so many', () => {
  let now = 0
  const registry = createRegistry<null>(() => now, limits)
  const all = Array.from({ length: 6 }, () => {
    now += 100
    const key = filled(registry, 'worker', 1)
    registry.markGone(key)
    return key
  })
  expect(keys(registry)).toEqual(all.slice(2))
  now = 1_450
  expect(keys(registry)).toEqual(all.slice(4))
})

test('so many are here at once; those that have gone take nobody’s place', () => {
  const registry = createRegistry<null>(() => 0, limits)
  const [first = ''] = [1, 2, 3].map(() => filled(registry, 'app', 1))
  expect(registry.register('app', null)).toBeUndefined()
  registry.markGone(first)
  expect(registry.register('app', null)?.key).toBe('app#4')
  expect(keys(registry)).toEqual(['app#1', 'app#2', 'app#3', 'app#4'])
})

test('who tells of more machines than there is room for is told so, and makes room by leaving', () => {
  const registry = createRegistry<null>(() => 0, limits)
  const modest = filled(registry, 'modest', 10)
  const greedy = filled(registry, 'greedy', 0)
  const definition = (hash: string) => ({ kind: 'definition', hash, json: 'x'.repeat(6_000) }) as const
  expect(registry.keep(greedy, batchOf([definition('one')]))).toBe('kept')
  expect(registry.keep(greedy, batchOf([definition('two')]))).toBe('too_many')
  registry.markGone(greedy)
  expect(registry.keep(modest, weighing(100, eventOf(11)))).toBe('kept')
  expect(keys(registry)).toEqual([modest])
})
