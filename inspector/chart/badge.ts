/**
 * A small number at a corner of what it is about: how often a way is taken, how long a wait still lasts.
 *
 * @module
 */
import type { Point } from './geometry.ts'
import { textWidth } from './metrics.ts'
import { svg } from './svg.ts'

const height = 16
const textSize = 11

export interface Badge {
  say(words: string): void
  remove(): void
}

/** @param root what it is drawn on, above all else; @param at its middle. */
export function badgeOn(root: SVGSVGElement, at: Point): Badge {
  const box = svg('rect', { class: 'box', y: at.y - height / 2, height, rx: height / 2 })
  const text = svg('text', { x: at.x, y: at.y + 4, 'text-anchor': 'middle' })
  const group = svg('g', { class: 'badge' }, box, text)
  root.append(group)
  return {
    say(words) {
      const width = textWidth(words, textSize, 'mono') + 12
      box.setAttribute('x', String(at.x - width / 2))
      box.setAttribute('width', String(width))
      text.textContent = words
    },
    remove: () => group.remove(),
  }
}
