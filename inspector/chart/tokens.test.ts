import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

const css = readFileSync(new URL('tokens.css', import.meta.url), 'utf8')
const tokens = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(
    ([, name = '', light = '', dark = '']) => [name, { light, dark }],
  ),
)

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** WCAG 2.2, relative luminance with 0.05 of flare. */
function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

const themes = ['light', 'dark'] as const
const grounds = ['page', 'canvas', 'panel', 'node', 'container']
const words = ['text', 'dim', 'faint', 'idle', 'pending', 'online', 'paused', 'degraded', 'failed', 'event']
const of = (name: string, theme: 'light' | 'dark'): string => tokens.get(name)?.[theme] ?? 'missing'

describe.each(themes)('the %s colours', (theme) => {
  test.each(words)('let %s be read on every ground', (word) => {
    for (const ground of grounds)
      expect(contrast(of(word, theme), of(ground, theme)), ground).toBeGreaterThanOrEqual(4.5)
  })

  test('let lines be seen', () => {
    for (const ground of grounds)
      expect(contrast(of('edge', theme), of(ground, theme)), ground).toBeGreaterThanOrEqual(3)
  })
})

test('black on white has the contrast that the formula promises', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21)
})
