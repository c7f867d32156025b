import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createMachine, type MachineConfig } from 'xstate'
import { baked as breaker } from '../../../inspector/chart/baked/breaker.ts'
import { baked as connection } from '../../../inspector/chart/baked/connection.ts'
import { baked as environment } from '../../../inspector/chart/baked/environment.ts'
import { baked as manager } from '../../../inspector/chart/baked/manager.ts'
import { bake, bakedGeometry, modelHash } from '../../../inspector/chart/baked.ts'
import { chipsOf, collisions, isSolid, within } from '../../../inspector/chart/chart-rig.ts'
import { layColumns } from '../../../inspector/chart/columns.ts'
import { foldCommon } from '../../../inspector/chart/condense.ts'
import { layOut } from '../../../inspector/chart/layout.ts'
import { chartModel } from '../../../inspector/chart/model.ts'
import { ownCharts } from '../../../inspector/export/own-charts.ts'
import { pictures } from '../../../inspector/export/pictures.ts'

const root = new URL('../../../', import.meta.url)
const stale = 'A chart has changed. Type: node inspector/export/regenerate.ts'
const baked = { breaker, connection, environment, manager }
const names = Object.keys(ownCharts) as (keyof typeof ownCharts)[]

/** As a viewer gets to know a machine: from its configuration as JSON, where functions are missing. */
function overTheWire(name: keyof typeof ownCharts) {
  const { config } = ownCharts[name]
  const told: unknown = JSON.parse(JSON.stringify(config))
  return createMachine(told as MachineConfig<object, { type: string }>)
}

describe.each(names)('the baked geometry of %s', (name) => {
  const model = foldCommon(chartModel(ownCharts[name]))
  const fresh = layColumns(model, { frame: 'bare' })

  test('is that of the chart as it is today', () => {
    expect(baked[name], stale).toEqual(bake(model, fresh))
  })

  test('lays nothing on anything else, and keeps it all on the sheet', () => {
    const solid = fresh.nodes.filter(isSolid).map((node) => [node.id, node] as const)
    const chips = chipsOf(fresh).map((chip) => [chip.name, chip.box] as const)
    const all = [...solid, ...chips, ...fresh.marks.map((mark) => [mark.kind, mark] as const)]
    expect(collisions(all)).toEqual([])
    const sheet = { x: 0, y: 0, width: fresh.width, height: fresh.height }
    expect(all.filter(([, box]) => !within(sheet, box))).toEqual([])
    // A page of text is not wider.
    expect(fresh.width).toBeLessThanOrEqual(1000)
  })

  test('comes out of the numbers as it went in', () => {
    const geometry = bakedGeometry(model)
    if (geometry === undefined) throw new Error(stale)
    expect(bake(model, geometry)).toEqual(baked[name])
    const words = ({ nodes, edges }: typeof geometry) => [
      nodes.map(({ id, shape, title, rows }) => [
        id,
        shape,
        title,
        rows.map(({ text, icon, keys }) => [text, icon, keys]),
      ]),
      edges.map(({ id, bend, chips }) => [
        id,
        bend,
        chips.map(({ label, parts, width }) => [label, parts, Math.round(width)]),
      ]),
    ]
    const sorted = { ...fresh, edges: model.edges.flatMap(({ id }) => fresh.edges.filter((edge) => edge.id === id)) }
    expect(words(geometry)).toEqual(words(sorted))
  })

  test('is what the chart is drawn with, also from its configuration alone', () => {
    expect(layOut(chartModel(ownCharts[name]))).toEqual(bakedGeometry(model))
    const told = foldCommon(chartModel(overTheWire(name)))
    expect(modelHash(told)).toBe(baked[name].hash)
    expect(bakedGeometry(told)).toBeDefined()
  })
})

test('a machine of the same name with another transition is laid out anew', () => {
  const { config } = ownCharts.breaker
  const other = createMachine({ ...(JSON.parse(JSON.stringify(config)) as object), on: { reset: '.closed' } })
  const model = foldCommon(chartModel(other))
  expect(model.root.id).toBe('breaker')
  expect(bakedGeometry(model)).toBeUndefined()
  expect(layOut(model).edges.some(({ id }) => id.includes('any'))).toBe(true)
})

test('what somebody asks for otherwise is not answered with the baked geometry', () => {
  const model = chartModel(ownCharts.breaker)
  expect(layOut(model, { density: 'compact' })).not.toEqual(layOut(model))
  expect(layOut(model, { direction: () => 'right' })).not.toEqual(layOut(model))
  expect(layOut(model, { density: 'full' })).toEqual(layOut(model))
})

test.each(pictures().map(({ file, text }) => [file, text] as const))('%s is the chart as it is today', (file, text) => {
  expect(readFileSync(new URL(file, root), 'utf8') === text, stale).toBe(true)
})

test.each([
  ['README.md', '', ['connection-compact']],
  ['docs/charts.md', 'docs/', names],
] as const)('%s shows pictures that are there, in both themes and at their natural size', (page, folder, shown) => {
  const text = readFileSync(new URL(page, root), 'utf8')
  for (const name of shown) {
    const [dark, light] = ['dark', 'light'].map((theme) => `docs/charts/${name}-${theme}.svg`.slice(folder.length))
    expect(text).toContain(`media="(prefers-color-scheme: dark)" srcset="${dark}"`)
    const [, width] = new RegExp(`<img src="${light}" alt="[^"]{20,}" width="(\\d+)">`).exec(text) ?? []
    const file = new URL(`${folder}${light}`, root)
    expect(existsSync(file)).toBe(true)
    expect(readFileSync(file, 'utf8')).toContain(` width="${width}"`)
  }
})
