import { afterEach, describe, expect, test } from 'vitest'
import { tangle, wordy } from '../../../inspector/chart/chart-rig.ts'
import { exportChart } from '../../../inspector/export/index.ts'
import { ownCharts } from '../../../inspector/export/own-charts.ts'
import { deep, hostile } from './machines.ts'

const machines = { ...ownCharts, tangle, wordy, deep, hostile }
const names = Object.keys(machines) as (keyof typeof machines)[]
const densities = ['full', 'compact'] as const
const cases = names.flatMap((name) => densities.map((density) => [name, density] as const))

function parsed(text: string): SVGSVGElement {
  const { documentElement } = new DOMParser().parseFromString(text, 'image/svg+xml')
  if (!(documentElement instanceof SVGSVGElement)) throw new Error(documentElement.textContent ?? '')
  return documentElement
}

afterEach(() => {
  document.body.replaceChildren()
})

describe.each(cases)('the picture of %s, %s', (name, density) => {
  const text = exportChart(machines[name], { format: 'svg', theme: 'light', density })

  test('is well-formed XML without a script or a handler', () => {
    const svg = parsed(text)
    expect(svg.querySelector('parsererror')).toBeNull()
    const elements = [...svg.querySelectorAll('*')]
    expect(new Set(elements.map(({ tagName }) => tagName))).not.toContain('script')
    const attributes = elements.flatMap((element) => element.getAttributeNames())
    expect(attributes.filter((attribute) => /^on|href/.test(attribute))).toEqual([])
  })

  test('gives every word the room it needs in the fonts of this browser', () => {
    const svg = parsed(text)
    document.body.append(svg)
    const groups = [...svg.querySelectorAll<SVGGElement>('.state, .chip')].filter((group) =>
      group.querySelector('.box'),
    )
    expect(groups.length).toBeGreaterThan(2)
    for (const group of groups) {
      const box = group.querySelector<SVGRectElement>('.box')?.getBBox()
      for (const words of group.querySelectorAll<SVGTextElement>(':scope > text')) {
        const { x, y, width, height } = words.getBBox()
        expect(x + width, words.textContent ?? '').toBeLessThanOrEqual((box?.x ?? 0) + (box?.width ?? 0))
        expect(y, words.textContent ?? '').toBeGreaterThanOrEqual(box?.y ?? 0)
        expect(y + height, words.textContent ?? '').toBeLessThanOrEqual((box?.y ?? 0) + (box?.height ?? 0))
      }
    }
  })
})

test('a picture is drawn where a page shows it as an image', async () => {
  const image = new Image()
  const text = exportChart(machines.connection, { format: 'svg' })
  image.src = URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }))
  await image.decode()
  URL.revokeObjectURL(image.src)
  const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(text) ?? []
  expect([image.naturalWidth, image.naturalHeight]).toEqual([Number(width), Number(height)])
})

test('a picture written into a page changes nothing else in it', () => {
  const bystander = parsed('<svg xmlns="http://www.w3.org/2000/svg"><text class="title fact">still here</text></svg>')
  const words = bystander.querySelector('text')
  document.body.append(bystander)
  if (words === null) throw new Error('no words')
  const look = (): string[] => {
    const { fill, font } = getComputedStyle(words)
    return [fill, font]
  }
  const before = look()
  const picture = parsed(exportChart(machines.breaker, { format: 'svg', theme: 'light' }))
  document.body.append(picture)
  const title = picture.querySelector('.title')
  expect(title === null ? '' : getComputedStyle(title).fill).toBe('rgb(31, 36, 46)')
  expect(look()).toEqual(before)
})
