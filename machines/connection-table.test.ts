import { describe, expect, test } from 'vitest'
import {
  type ChartNode,
  type DeclaredTable,
  disagreements,
  eventsOf,
  type Outcome,
  ownOf,
  statesOf,
} from '../test/charts/chart-table.ts'
import {
  connectionEvents,
  connectionOutcomes,
  connectionOwn,
  connectionTables,
} from '../test/charts/connection-table.ts'
import * as small from '../test/charts/small-tables.ts'
import { breakerMachine } from './breaker.ts'
import { connectionMachine } from './connection.ts'
import { environmentMachine } from './environment.ts'

interface Declared {
  readonly root: ChartNode
  readonly events: object
  readonly tables: readonly DeclaredTable[]
  readonly outcomes: Readonly<Record<string, Outcome>>
  readonly own: object
}

const charts: Record<string, Declared> = {
  connection: {
    root: connectionMachine.root as unknown as ChartNode,
    events: connectionEvents,
    tables: connectionTables,
    outcomes: connectionOutcomes,
    own: connectionOwn,
  },
  breaker: {
    root: breakerMachine.root as unknown as ChartNode,
    events: small.breakerEvents,
    tables: small.breakerTables,
    outcomes: small.breakerOutcomes,
    own: small.breakerOwn,
  },
  environment: {
    root: environmentMachine.root as unknown as ChartNode,
    events: small.environmentEvents,
    tables: small.environmentTables,
    outcomes: small.environmentOutcomes,
    own: small.environmentOwn,
  },
}

describe.each(Object.entries(charts))('the %s chart', (_, { root, events, tables, outcomes, own }) => {
  test('each cell of state × event does what its table says, or is empty for the reason given there', () => {
    expect(disagreements(root, tables, outcomes)).toEqual([])
  })

  test('the tables have one column for each event there is, and know no other', () => {
    expect(tables.flatMap((table) => table.events).sort()).toEqual(Object.keys(events).sort())
    for (const event of eventsOf(root)) expect(Object.keys(events)).toContain(event)
  })

  test('what states do by themselves is declared, each guard, target and action of it', () => {
    expect(ownOf(root)).toEqual(own)
  })

  test('every word that is explained is used', () => {
    const used = new Set(tables.flatMap(({ rows }) => rows.flatMap(([, ...cells]) => cells)))
    expect(Object.keys(outcomes).filter((word) => !used.has(word))).toEqual([])
  })
})

test('the table sees a state, an event and a transition that nobody declared', () => {
  const found = (tables: readonly DeclaredTable[], outcomes = connectionOutcomes): string =>
    disagreements(connectionMachine.root as unknown as ChartNode, tables, outcomes).join('\n')
  const [said, ...others] = connectionTables
  if (said === undefined) throw new Error('There is no table.')
  expect(found([{ ...said, rows: said.rows.slice(1) }, ...others])).toContain('no row for state connection')
  expect(found(others)).toContain('no column for event connect')
  expect(found(connectionTables, { ...connectionOutcomes, leave: ['→ error'] })).toContain('idle × close')
  const moved = said.rows.map(([state, ...cells]) => [state, ...cells.map((cell) => (cell === 'take' ? 'rest' : cell))])
  expect(found([{ ...said, rows: moved as unknown as typeof said.rows }, ...others])).toContain('connecting × send')
  expect(statesOf(connectionMachine.root as unknown as ChartNode)).toHaveLength(23)
})
