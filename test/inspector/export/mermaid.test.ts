import { describe, expect, test } from 'vitest'
import { tangle } from '../../../inspector/chart/chart-rig.ts'
import { foldCommon } from '../../../inspector/chart/condense.ts'
import { chartModel } from '../../../inspector/chart/model.ts'
import { exportChart } from '../../../inspector/export/index.ts'
import { ownCharts } from '../../../inspector/export/own-charts.ts'
import { deep, hostile } from './machines.ts'

const machines = { ...ownCharts, tangle, deep, hostile }
type Name = keyof typeof machines

interface Line {
  readonly text: string
  /** Names of the states it stands in, outermost first. */
  readonly within: readonly string[]
}

/** The text taken apart as Mermaid's own grammar does it: a statement a line. Throws at a line that is none. */
function parse(text: string): Line[] {
  const open: string[] = []
  let inNote = false
  const parsed = text.split('\n').flatMap((line): Line[] => {
    const trimmed = line.trim()
    if (inNote) {
      inNote = trimmed !== 'end note'
      return []
    }
    const [, container] = /^state "[^"]*" as (\w+) \{$/.exec(trimmed) ?? []
    const within = [...open]
    if (trimmed === '}') open.pop()
    else if (container !== undefined) open.push(container)
    else if (/^note left of \w+$/.test(trimmed)) inNote = true
    else if (
      !/^(?:stateDiagram-v2|direction TB|--|)$/.test(trimmed) &&
      !/^state "[^"]*" as \w+$/.test(trimmed) &&
      !/^\w+ : [^:{}<>]+$/.test(trimmed) &&
      !/^(?:\w+|\[\*\]) --> (?:\w+|\[\*\])(?: : (?:[^:{}<>]|<br\/>)+)?$/.test(trimmed)
    )
      throw new Error(`not a statement: ${trimmed}`)
    return [{ text: trimmed, within }]
  })
  if (open.length > 0 || inNote) throw new Error('something is not closed')
  return parsed
}

const declared = (lines: readonly Line[]): string[] =>
  lines.flatMap(({ text }) => /^state "[^"]*" as (\w+)/.exec(text)?.[1] ?? [])
const arrows = (lines: readonly Line[]) =>
  lines.flatMap(({ text, within }) => {
    const [, from = '', to = '', label = ''] = /^(\S+) --> (\S+)(?: : (.*))?$/.exec(text) ?? []
    return from === '' ? [] : [{ from, to, labels: label.split('<br/>'), within }]
  })

describe.each(Object.keys(machines) as Name[])('the diagram of %s', (name) => {
  const model = foldCommon(chartModel(machines[name]))
  const lines = parse(exportChart(machines[name], { format: 'mermaid' }))

  test('declares every state exactly once, in the state that it belongs to', () => {
    const states = declared(lines).filter((state) => /_state(?:_\d+)?$/.test(state))
    expect(new Set(states).size).toBe(states.length)
    expect(states).toHaveLength(model.nodes.size)
    const depths = (depth: number): number =>
      lines.filter(
        ({ text, within }) =>
          /_state(?:_\d+)?(?: \{)?$/.test(text) && text.startsWith('state ') && within.length === depth,
      ).length
    const depthOf = (id: string | null): number => (id === null ? -1 : 1 + depthOf(model.nodes.get(id)?.parent ?? null))
    for (const depth of [0, 1, 2, 3])
      expect(depths(depth)).toBe([...model.nodes.keys()].filter((id) => depthOf(id) === depth).length)
  })

  test('has every transition exactly once, as one label of one line', () => {
    const said = arrows(lines).filter(({ from, to }) => from !== '[*]' && to !== '[*]')
    expect(said).toHaveLength(model.edges.length)
    const due = model.edges.map(({ labels }) => labels.length)
    expect(said.map(({ labels }) => labels.length).sort()).toEqual(due.sort())
    const pairs = said.map(({ from, to }) => `${from} ${to}`)
    expect(new Set(pairs).size, 'Mermaid draws one of several loops').toBe(pairs.length)
  })

  test('draws every line between states that stand beside each other', () => {
    const home = new Map(
      lines.flatMap(({ text, within }) => {
        const [state] = declared([{ text, within }])
        return state === undefined ? [] : [[state, within.join(' ')] as const]
      }),
    )
    for (const { from, to, within } of arrows(lines))
      for (const end of [from, to]) if (end !== '[*]') expect(home.get(end), end).toBe(within.join(' '))
  })

  test('ends no line at a container within a region', () => {
    const containers = new Set(lines.flatMap(({ text }) => /as (\w+) \{$/.exec(text)?.[1] ?? []))
    const regions = new Set(lines.filter(({ text }) => text === '--').map(({ within }) => within.join(' ')))
    const inRegion = (within: readonly string[]): boolean =>
      within.some((_, depth) => regions.has(within.slice(0, depth + 1).join(' ')))
    const wrong = arrows(lines).filter(
      ({ from, to, within }) => inRegion(within) && (containers.has(from) || containers.has(to)),
    )
    expect(wrong).toEqual([])
  })
})

test('what a container in a region leads to is said of a state that stands for it', () => {
  const text = exportChart(deep, { format: 'mermaid' })
  expect(text).toContain('state "box …" as deep_left_box_state_door')
  expect(text).toContain('deep_left_a_state --> deep_left_box_state_door : go<br/>skip › y')
  expect(text).toContain('deep_left_box_state_door --> deep_left_box_state_door : again<br/>anew')
})

test('regions are parted, and states whose names differ in signs only stay two states', () => {
  const lines = parse(exportChart(deep, { format: 'mermaid' }))
  expect(lines.filter(({ text }) => text === '--')).toHaveLength(2)
  expect(declared(lines)).toEqual(expect.arrayContaining(['deep_le_ft_state', 'deep_le_ft_state_2']))
})

test("no state has a name that Mermaid gives to a container's own dots", () => {
  for (const machine of Object.values(machines))
    for (const state of declared(parse(exportChart(machine, { format: 'mermaid' }))))
      expect(state).not.toMatch(/_(?:start|end)$/)
})

test('circumstances are told as in a chip, and what stays inside as rows', () => {
  const text = exportChart(ownCharts.connection, { format: 'mermaid' })
  expect(text).toContain('dialing redial done')
  expect(text).toContain('link.lost [retryable] › waiting')
  expect(text).toContain('after backoff [admitted]')
  expect(text).toContain('connection_connecting_state : runs dial')
  expect(text).toMatch(/note left of connection_connected_state\n\s+runs link/)
})
