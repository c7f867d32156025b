import { describe, expect, test } from 'vitest'
import { examinationText } from './examination.ts'
import { growthPer, type HeapSnapshot, heapCensus, populationOf } from './heap-census.ts'
import { CpuProfile, selfTimes } from './profile.ts'

class Watched {
  readonly listener = (): this => this
}

describe('the heap', () => {
  test('what was made between two counts is found under its class, and what belongs to it under its owner', async () => {
    const before = await heapCensus()
    const kept = Array.from({ length: 1_000 }, () => new Watched())
    const growth = growthPer(kept.length, before, await heapCensus())
    const counted = (name: string) => growth.find((kind) => kind.name === name)?.count
    expect(counted('Watched (object)')).toBeCloseTo(1, 1)
    expect(counted('listener (closure) of Watched (object)')).toBeCloseTo(1, 1)
    expect(growth.map(({ bytes }) => bytes)).toEqual(growth.map(({ bytes }) => bytes).sort((a, b) => b - a))
  })

  test('a weak reference makes nobody the owner', () => {
    const snapshot: HeapSnapshot = {
      snapshot: {
        meta: {
          node_fields: ['type', 'name', 'id', 'self_size', 'edge_count'],
          node_types: [['object', 'array'], 'string', 'number', 'number', 'number'],
          edge_fields: ['type', 'name_or_index', 'to_node'],
          edge_types: [['property', 'weak'], 'string_or_number', 'node'],
        },
      },
      strings: ['Watcher', 'Owner', 'elements'],
      nodes: [0, 0, 1, 16, 1, 0, 1, 2, 24, 1, 1, 2, 3, 100, 0],
      edges: [1, 2, 10, 0, 2, 10],
    }
    expect(populationOf(snapshot)).toEqual({
      'Watcher (object)': { count: 1, bytes: 16 },
      'Owner (object)': { count: 1, bytes: 24 },
      'elements (array) of Owner (object)': { count: 1, bytes: 100 },
    })
  })
})

describe('the profile', () => {
  test('names the function that was busy', async () => {
    const profile = new CpuProfile()
    await profile.start()
    beBusy()
    const times = await profile.stop()
    const busy = times.find(({ name }) => /^beBusy .*examination\.test\.ts:\d+$/.test(name))
    expect(busy?.milliseconds).toBeGreaterThan(20)
  })

  test('adds up by function and leaves out idle time', () => {
    const frame = (functionName: string) => ({ functionName, scriptId: '1', url: '', lineNumber: 0, columnNumber: 0 })
    const times = selfTimes({
      nodes: [
        { id: 1, callFrame: frame('(idle)') },
        { id: 2, callFrame: frame('write') },
        { id: 3, callFrame: frame('write') },
      ],
      startTime: 0,
      endTime: 6_000,
      samples: [2, 1, 3],
      timeDeltas: [0, 1_000, 2_000],
    })
    expect(times).toEqual([{ name: 'write', milliseconds: 1 }])
  })
})

test('the text gives bytes and µs for each connection and delivery', () => {
  const text = examinationText('ours', 100, {
    growth: [{ name: 'Session (object)', count: 1, bytes: 120 }],
    accepting: [{ name: 'accept', milliseconds: 5 }],
    delivering: [{ name: 'write', milliseconds: 12 }],
    broadcasts: 10,
  })
  expect(text).toContain('120 B   1.00 × Session (object)')
  expect(text).toContain('50.00 µs accept')
  expect(text).toContain('12.00 µs write')
})

/** Counts by itself between two looks at the clock, or the profile would show the clock. */
function beBusy(): number {
  const until = performance.now() + 100
  let sum = 0
  while (performance.now() < until) for (let count = 0; count < 1_000_000; count++) sum = (sum * 31 + count) | 0
  return sum
}
