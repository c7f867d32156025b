import { describe, expect, test } from 'vitest'
import { firstActor, treeRows } from '../../../inspector/page/shell/tree-rows.ts'
import type { ActorView, AppView } from '../../../inspector/session/view.ts'

const app: AppView = { key: 'chat#1', name: 'chat', runtime: 'node', state: 'here', epoch: 0, now: 0, dropped: 0 }
const actor = (id: string, parent: string | null, over: Partial<ActorView> = {}): ActorView => ({
  id,
  parent,
  name: id,
  logic: 'machine',
  definition: null,
  status: 'active',
  value: 'on',
  tags: [],
  phase: 'idle',
  waits: [],
  ...over,
})
const rowsOf = (actors: readonly ActorView[], open: readonly string[] = []): string[] =>
  treeRows([app], () => actors, new Set(open)).map((row) => {
    const words = row.kind === 'actor' ? row.actor.id : row.kind === 'app' ? row.app.name : `${row.count} ${row.kind}`
    return `${'-'.repeat(row.level)}${words}`
  })

describe('the tree', () => {
  test('puts children under their parents and folds the stopped ones', () => {
    const actors = [
      actor('manager', null),
      actor('a', 'manager'),
      actor('dial 1', 'a', { status: 'done' }),
      actor('dial 2', 'a', { status: 'error' }),
      actor('b', 'manager'),
    ]
    expect(rowsOf(actors)).toEqual(['-chat', '--manager', '---a', '----2 stopped', '---b'])
    expect(rowsOf(actors, ['chat#1 a stopped'])).toContain('-----dial 1')
  })

  test('shows an actor whose parent nobody has told of, and ends when actors are each other’s parents', () => {
    expect(rowsOf([actor('lost', 'nobody')])).toEqual(['-chat', '--lost'])
    expect(rowsOf([actor('self', 'self'), actor('x', 'y'), actor('y', 'x')])).toEqual(['-chat', '--self'])
  })

  test('stays small with ten thousand actors', () => {
    const rows = rowsOf(Array.from({ length: 10_000 }, (_, index) => actor(`a${index}`, null)))
    expect(rows).toHaveLength(402)
    expect(rows.at(-1)).toBe('--9600 more')
  })
})

test('what is shown first is a machine that is nobody’s parent, such as a connection of a manager', () => {
  const manager = actor('manager', null)
  const connection = actor('chat-1', 'manager')
  const dial = actor('dial', 'chat-1', { logic: 'promise' })
  expect(firstActor([manager, dial, connection])).toBe(connection)
  expect(firstActor([manager])).toBe(manager)
  expect(firstActor([dial])).toBe(dial)
  expect(firstActor([])).toBeUndefined()
})
