import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { tangle } from '../../../inspector/chart/chart-rig.ts'
import { chartModel } from '../../../inspector/chart/model.ts'
import { exportChart } from '../../../inspector/export/index.ts'
import { ownCharts } from '../../../inspector/export/own-charts.ts'
import { dark, light } from '../../../inspector/export/palette.ts'
import { deep, hostile } from './machines.ts'

const machines = { ...ownCharts, tangle, deep }
const full = (name: keyof typeof machines): string => exportChart(machines[name], { format: 'svg' })
const attribute = (svg: string, name: string): string[] =>
  [...svg.matchAll(new RegExp(`${name}="([^"]*)"`, 'g'))].map(([, value = '']) => value)

describe.each(Object.keys(machines) as (keyof typeof machines)[])('the picture of %s', (name) => {
  const model = chartModel(machines[name])
  const svg = full(name)

  test('has every state exactly once', () => {
    expect(attribute(svg, 'data-state').sort()).toEqual([...model.nodes.keys()].sort())
  })

  test('has every transition exactly once', () => {
    const edges = model.edges.flatMap(({ labels }) => labels)
    const rows = [...model.nodes.values()].flatMap(({ internal }) => internal)
    const due = [...edges, ...rows].flatMap(({ keys }) => keys)
    expect(due.length).toBeGreaterThan(3)
    expect(
      attribute(svg, 'data-transitions')
        .flatMap((keys) => keys.split(', '))
        .sort(),
    ).toEqual(due.sort())
  })

  test('has every state in its description', () => {
    const [, description = ''] = /<desc>([^<]*)<\/desc>/.exec(svg) ?? []
    const sentences = description.split('\n').map((sentence) => /^[\w-]+/.exec(sentence)?.[0])
    expect(sentences).toEqual([...model.nodes.values()].map(({ key }) => key))
  })

  test('fetches nothing and runs nothing', () => {
    expect(svg).not.toMatch(/<script|foreignObject|href|url\(|@import|@font-face|\son\w+=/i)
    expect(attribute(svg, 'xmlns')).toEqual(['http://www.w3.org/2000/svg'])
  })
})

test('a picture is named and described, and its size is its view', () => {
  const svg = full('breaker')
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" class="statechart" role="img" /)
  expect(svg).toMatch(
    /<title>Chart of breaker<\/title>\n<desc>breaker, begins in closed\.\nclosed; on failure, if lastStraw/,
  )
  const [, viewBox = '', width, height] = /viewBox="([^"]*)" width="(\d+)" height="(\d+)"/.exec(svg) ?? []
  expect(viewBox.split(' ').slice(2)).toEqual([width, height])
})

describe('the theme', () => {
  const colours = (theme: 'light' | 'dark' | 'auto'): string => exportChart(machines.breaker, { format: 'svg', theme })

  test.each([
    ['light', light, dark],
    ['dark', dark, light],
  ] as const)('%s has its own colours only', (theme, own, other) => {
    const svg = colours(theme)
    for (const colour of Object.values(own)) expect(svg).toContain(colour)
    for (const colour of Object.values(other)) expect(svg).not.toContain(colour)
    expect(svg).not.toContain('@media')
  })

  test('auto is light, and dark where the reader prefers it', () => {
    const [before = '', after = ''] = colours('auto').split('@media (prefers-color-scheme:dark){')
    for (const colour of Object.values(light)) expect(before).toContain(colour)
    for (const colour of Object.values(dark)) expect(after).toContain(colour)
    expect(full('breaker')).toBe(colours('auto'))
  })

  test('has the colours of the page', () => {
    const css = readFileSync(new URL('../../../inspector/chart/tokens.css', import.meta.url), 'utf8')
    for (const name of Object.keys(light) as (keyof typeof light)[])
      expect(css).toContain(`--${name}: light-dark(${light[name]}, ${dark[name]});`)
  })
})

test('a compact picture has the top-level states, no guard, and every transition between them on a chip', () => {
  const svg = exportChart(machines.connection, { format: 'svg', density: 'compact' })
  const keys = new Set(attribute(svg, 'data-transitions').flatMap((joined) => joined.split(', ')))
  const due = chartModel(machines.connection).edges.filter(({ container }) => container === 'connection')
  expect(due.flatMap(({ labels }) => labels.flatMap((label) => label.keys)).filter((key) => !keys.has(key))).toEqual([])
  expect(svg.replaceAll(/<title>.*?<\/title>|<desc>[^<]*/g, '')).not.toContain('[')
})

test('the names of states and events cannot break out of the text', () => {
  const svg = exportChart(hostile, { format: 'svg' })
  expect(svg).toContain('&lt;/svg&gt;&lt;script&gt;')
  expect(svg).not.toContain('<script')
  expect(svg.match(/<\/svg>/g)).toHaveLength(1)
})

test('the same machine gives the same picture, byte for byte', () => {
  expect(full('connection')).toBe(full('connection'))
})
