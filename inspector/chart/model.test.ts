import { describe, expect, test } from 'vitest'
import { connectionMachine } from '../../machines/connection.ts'
import { tangle } from './chart-rig.ts'
import { foldCommon, mergeAlike } from './condense.ts'
import { delayText, spokenLabel } from './labels.ts'
import { activeStates, chartModel } from './model.ts'

const connection = chartModel(connectionMachine)
const model = chartModel(tangle)
const edge = (id: string) => model.edges.find((candidate) => candidate.id === id)
const texts = (id: string) => edge(id)?.labels.map((label) => label.text)

describe('the model of a machine', () => {
  test('has every state, in document order, with its kind', () => {
    expect(connection.root.children.map((child) => child.key)).toEqual([
      'idle',
      'connecting',
      'connected',
      'reconnecting',
      'error',
      'closed',
    ])
    expect(connection.nodes.get('connection.connected')?.kind).toBe('parallel')
    expect(connection.nodes.get('connection.reconnecting')?.initial).toBe('connection.reconnecting.waiting')
    expect(connection.nodes.get('connection.closed')?.kind).toBe('final')
    expect(connection.nodes.size).toBe(23)
  })

  test('names invoked actors, entry actions and tags', () => {
    expect(connection.nodes.get('connection.connecting')).toMatchObject({
      invokes: ['dial'],
      entry: ['sayConnecting'],
      tags: ['pending'],
    })
  })

  test('keeps transitions without a target inside their state', () => {
    expect(connection.root.internal.map((label) => label.text)).toEqual(['pause', 'resume'])
    expect(model.root.internal.map((label) => label.text)).toEqual(['note'])
  })

  test('takes the names of XState events apart', () => {
    const labels = model.edges.flatMap((candidate) => candidate.labels)
    const kinds = new Map(labels.map((label) => [`${label.kind} ${label.text}`, spokenLabel(label)]))
    expect(kinds.get('after 1.5 s')).toBe('after 1.5 s')
    expect(kinds.get('always always')).toBe('at once, if ready')
    expect(kinds.get('done done')).toBe('when all is done')
    expect(kinds.get('error error')).toBe('when it fails')
    expect(kinds.get('event go')).toBe('on go')
    expect(
      connection.edges.flatMap((candidate) => candidate.labels).map((label) => `${label.kind} ${label.text}`),
    ).toContain('done redial')
  })

  test('gives every transition a key of its own', () => {
    for (const { edges } of [model, connection]) {
      const keys = edges.flatMap((candidate) => candidate.labels.flatMap((label) => label.keys))
      expect(new Set(keys).size).toBe(keys.length)
    }
  })

  test('writes short delays in milliseconds and long ones in seconds', () => {
    expect([delayText('500'), delayText('3000'), delayText('12340'), delayText('backoff')]).toEqual([
      '500 ms',
      '3 s',
      '12.3 s',
      'backoff',
    ])
  })
})

describe('lifting', () => {
  test('joins siblings, wherever the transition really starts and ends', () => {
    expect(texts('tangle: tangle.start > tangle.work')).toEqual(['go', 'skip'])
    expect(texts('tangle: tangle.work > tangle.both')).toContain('out')
    expect(edge('tangle: tangle.work > tangle.both')?.labels.find((label) => label.text === 'out')?.source).toBe(
      'tangle.work.inner.second',
    )
  })

  test('draws a state that is left and entered again as a loop', () => {
    expect(texts('tangle: tangle.start > tangle.start')).toEqual(['again'])
    expect(texts('tangle: tangle.work > tangle.work')).toEqual(['redo', 'up'])
  })

  test('draws the way from a container to its own child from "any"', () => {
    expect(texts('tangle: any > tangle.start')).toEqual(['reset'])
  })

  test('joins nothing but children of the container it names', () => {
    for (const { nodes, edges } of [model, connection]) {
      for (const { from, to, container } of edges) {
        expect(nodes.get(to)?.parent).toBe(container)
        if (from !== null) expect(nodes.get(from)?.parent).toBe(container)
      }
    }
  })
})

describe('condensing', () => {
  test('folds what every sibling answers alike into one edge, and loses no transition', () => {
    const folded = foldCommon(connection)
    const stub = folded.edges.find((candidate) => candidate.from === null)
    expect(stub?.labels.map((label) => [label.text, label.keys.length])).toEqual([['close', 5]])
    const keysOf = (edges: typeof connection.edges) =>
      edges.flatMap(({ labels }) => labels.flatMap(({ keys }) => keys)).sort()
    expect(keysOf(folded.edges)).toEqual(keysOf(connection.edges))
  })

  test('does not fold what only some of them answer', () => {
    expect(foldCommon(model).edges.find((candidate) => candidate.id === 'tangle: any > tangle.end')).toBeUndefined()
  })

  test('merges chips that read the same and keeps all their keys and sources', () => {
    const labels = connection.edges
      .filter(({ from, container }) => from === 'connection.connecting' && container === 'connection')
      .flatMap((candidate) => candidate.labels)
      .filter(({ kind }) => kind === 'error')
    const merged = mergeAlike(labels)
    expect(labels.length).toBeGreaterThan(1)
    expect(merged).toHaveLength(1)
    expect(merged[0]).toMatchObject({ text: 'dial', guard: null, keys: labels.flatMap(({ keys }) => keys) })
    expect(merged[0]?.sources).toHaveLength(labels.length)
  })
})

describe('the active states', () => {
  test('are those of the value, with everything that holds them', () => {
    const active = activeStates(connection, { connected: { flow: 'flowing', liveness: 'alive' } })
    expect([...active].map((id) => connection.nodes.get(id)?.key)).toEqual([
      'connection',
      'connected',
      'flow',
      'flowing',
      'liveness',
      'alive',
    ])
  })

  test('are only the root for a value that names nothing', () => {
    expect([...activeStates(connection, 'elsewhere')]).toEqual(['connection'])
  })
})
