import { describe, expect, test } from 'vitest'
import { createMachine } from 'xstate'
import { connectionMachine } from '../../machines/connection.ts'
import { arrowOf } from './arrow.ts'
import { chipsOf, collisions, isSolid, overlap, tangle, within, wordy } from './chart-rig.ts'
import type { Box, ChartGeometry, Point } from './geometry.ts'
import { type LayoutOptions, layOut } from './layout.ts'
import { textWidth } from './metrics.ts'
import { chartModel } from './model.ts'
import { pathOf } from './path.ts'

const machines = { connection: chartModel(connectionMachine), tangle: chartModel(tangle), wordy: chartModel(wordy) }
const ways: Record<string, LayoutOptions> = {
  'full, to the right': {},
  'full, down': { direction: () => 'down' },
  'full, right all through': { direction: () => 'right' },
  'full, in columns': { direction: () => 'column' },
  compact: { density: 'compact' },
  'compact with two chips': { density: 'compact', chips: 2 },
}
const cases = Object.keys(machines).flatMap((machine) => Object.keys(ways).map((way) => [machine, way] as const))

function layout(machine: string, way: string): ChartGeometry {
  const model = machines[machine as keyof typeof machines]
  return layOut(model, ways[way])
}

/** Points along a line, near enough to each other to hit whatever the line crosses. */
function along(points: readonly Point[]): Point[] {
  return points.slice(1).flatMap((to, index) => {
    const from = points[index] ?? to
    const steps = Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / 3)
    return Array.from({ length: steps }, (_, step) => ({
      x: from.x + ((to.x - from.x) * step) / steps,
      y: from.y + ((to.y - from.y) * step) / steps,
    }))
  })
}

const inside = (box: Box, { x, y }: Point): boolean =>
  x > box.x + 1 && x < box.x + box.width - 1 && y > box.y + 1 && y < box.y + box.height - 1

describe.each(cases)('the layout of the %s chart, %s', (machine, way) => {
  const model = machines[machine as keyof typeof machines]
  const geometry = layout(machine, way)
  const compact = way.startsWith('compact')

  test('has every state once', () => {
    const placed = geometry.nodes.map((node) => node.id)
    const depth = (id: string | null): number => (id === null ? 0 : 1 + depth(model.nodes.get(id)?.parent ?? null))
    // Compact charts show the top level and what is inside it; regions add one more.
    const due = [...model.nodes.values()].filter(
      (node) =>
        node.parent !== null && (!compact || depth(node.id) <= 3 || model.nodes.get(node.parent)?.parent !== null),
    )
    expect(new Set(placed).size).toBe(placed.length)
    if (compact) expect(due.filter((node) => depth(node.id) <= 3).every((node) => placed.includes(node.id))).toBe(true)
    else expect(placed.sort()).toEqual(due.map((node) => node.id).sort())
  })

  test('has every transition on a chip', () => {
    const shown = new Set(chipsOf(geometry).flatMap((chip) => chip.keys))
    const due = model.edges
      .filter((edge) => !compact || edge.container === model.root.id)
      .flatMap((edge) => edge.labels.flatMap((label) => label.keys))
    expect(due.filter((key) => !shown.has(key))).toEqual([])
  })

  test('lays no state on another, no chip on a state, no chip on a chip', () => {
    const solid = geometry.nodes.filter(isSolid).map((node) => [node.id, node] as const)
    const chips = chipsOf(geometry).map(({ name, box }) => [name, box] as const)
    const marks = geometry.marks.map((mark) => [mark.kind, mark] as const)
    expect(collisions([...solid, ...chips, ...marks])).toEqual([])
  })

  test('keeps everything on the sheet, and what a state holds inside its box', () => {
    const sheet = { x: 0, y: 0, width: geometry.width, height: geometry.height }
    const boxes = [...geometry.nodes, ...chipsOf(geometry).map(({ box }) => box), ...geometry.marks]
    expect(boxes.filter((box) => !within(sheet, box))).toEqual([])
    const placed = new Map(geometry.nodes.map((node) => [node.id, node]))
    for (const node of geometry.nodes) {
      const parent = placed.get(model.nodes.get(node.id)?.parent ?? '')
      if (parent !== undefined) expect(within(parent, node), node.id).toBe(true)
    }
  })

  test('draws no line through a state that it does not belong to', () => {
    const crossed = geometry.edges.flatMap((edge) => {
      const ends = model.edges.find(({ id }) => id === edge.id)
      const strangers = geometry.nodes.filter((node) => isSolid(node) && node.id !== ends?.from && node.id !== ends?.to)
      return along(edge.points).flatMap((point) =>
        strangers.filter((node) => inside(node, point)).map((node) => `${edge.id} crosses ${node.id}`),
      )
    })
    expect([...new Set(crossed)]).toEqual([])
  })

  test('gives every box room for its words', () => {
    for (const node of geometry.nodes.filter(({ shape }) => shape !== 'group')) {
      const size = node.shape === 'pill' ? 11.5 : 12.5
      expect(node.titleAt.x + textWidth(node.title, size, 'sans'), node.title).toBeLessThanOrEqual(node.x + node.width)
    }
  })

  test('gives every edge a line and a head', () => {
    for (const edge of geometry.edges) {
      expect(edge.points.length, edge.id).toBeGreaterThanOrEqual(2)
      expect(pathOf(edge)).toMatch(/^M [\d.-]/)
      expect(pathOf(edge) + arrowOf(edge)).not.toContain('NaN')
    }
  })
})

describe('the connection chart in a panel', () => {
  const geometry = layOut(machines.connection, { density: 'compact' })

  test('fits into 460 by 800 pixels at its natural size', () => {
    expect(geometry.width).toBeLessThanOrEqual(452)
    expect(geometry.height).toBeLessThanOrEqual(800)
  })

  test('shows the six states in the order of the file, one below the other', () => {
    const column = geometry.nodes.filter((node) => machines.connection.nodes.get(node.id)?.parent === 'connection')
    expect(column.map((node) => node.title)).toEqual([
      'idle',
      'connecting',
      'connected',
      'reconnecting',
      'error',
      'closed',
    ])
    for (const [index, node] of column.entries())
      expect(node.y).toBeGreaterThanOrEqual((column[index - 1]?.y ?? -1) + (column[index - 1]?.height ?? 0))
  })

  test('says what differs between two overlapping boxes', () => {
    // The measure itself: a test of overlaps that never finds one proves nothing.
    expect(overlap({ x: 0, y: 0, width: 10, height: 10 }, { x: 9, y: 9, width: 5, height: 5 })).toBe(true)
    expect(overlap({ x: 0, y: 0, width: 10, height: 10 }, { x: 10, y: 0, width: 5, height: 5 })).toBe(false)
  })
})

test('a stack of more than five chips ends in the number of the rest, which keeps their keys', () => {
  const stack = layOut(machines.tangle).edges.find(({ id }) => id.endsWith('second > tangle.work.inner.third'))
  expect(stack?.chips).toHaveLength(5)
  expect(stack?.more?.text).toBe('+2')
  expect(stack?.more?.keys).toEqual(['tangle.work.inner.second f 0', 'tangle.work.inner.second g 0'])
})

test('a container with many edges is laid out in a column unless somebody asks for layers', () => {
  const { connection } = machines
  expect(layOut(connection, { chips: 6 }).width).toBeLessThan(1600)
  expect(layOut(connection, { chips: 6, direction: () => 'right' }).width).toBeGreaterThan(2000)
})

test('the layout is the same each time', () => {
  expect(layOut(machines.connection)).toEqual(layOut(machines.connection))
})

test('many regions stand in a grid, not in a tower', () => {
  const names = Array.from({ length: 20 }, (_, index) => `region ${index}`)
  const states = Object.fromEntries(names.map((name) => [name, { initial: 'off', states: { off: {}, on: {} } }]))
  const model = chartModel(createMachine({ id: 'switches', type: 'parallel', states }))
  const { nodes, width, height } = layOut(model, { density: 'compact', direction: () => 'column' })
  expect(Math.max(width / height, height / width)).toBeLessThan(2)
  const regions = nodes.filter(({ shape }) => shape === 'region')
  expect(regions.length).toBe(20)
  for (const [index, one] of regions.entries()) {
    for (const other of regions.slice(index + 1)) expect(overlap(one, other)).toBe(false)
  }
})

test('an event with an endless name does not widen the chart without end', () => {
  const type = `user.${'interface.'.repeat(30)}finished`
  const model = chartModel(createMachine({ initial: 'a', states: { a: { on: { [type]: 'b' } }, b: {} } }))
  const geometry = layOut(model, { density: 'compact' })
  expect(geometry.width).toBeLessThan(400)
  const [chip] = geometry.edges[0]?.chips ?? []
  expect(chip?.parts.map(({ text }) => text).join(' ')).toMatch(/^user\.interface.*….*finished$/)
  expect(chip?.label.text).toBe(type)
})
