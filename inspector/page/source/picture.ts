/**
 * The chart as it looks now, as an SVG that stands alone: every colour and font is written into it.
 *
 * @module
 */
import type { Drawing } from '../chart/drawing.ts'

const written = [
  'fill',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-linecap',
  'stroke-linejoin',
  'opacity',
  'font-family',
  'font-size',
  'font-weight',
] as const

export function pictureOf({ root, box }: Drawing): string {
  const copy = root.cloneNode(true)
  if (!(copy instanceof SVGSVGElement)) return ''
  const originals = [...root.querySelectorAll('*')]
  for (const [index, element] of [...copy.querySelectorAll('*')].entries()) {
    const original = originals[index]
    if (original === undefined) continue
    const style = getComputedStyle(original)
    for (const name of written) element.setAttribute(name, style.getPropertyValue(name))
    element.removeAttribute('class')
  }
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  copy.setAttribute('viewBox', `${box.x} ${box.y} ${box.width} ${box.height}`)
  copy.setAttribute('width', String(box.width))
  copy.setAttribute('height', String(box.height))
  copy.removeAttribute('aria-hidden')
  return new XMLSerializer().serializeToString(copy)
}
