/**
 * A chart as one SVG file without a browser: no script, no font, nothing that is fetched.
 *
 * @module
 */
import { drawChip, drawEdge, drawMarks, drawMore, drawNode } from '../chart/draw.ts'
import type { ChartGeometry } from '../chart/geometry.ts'
import type { ChartModel } from '../chart/model.ts'
import { type Shape, shape } from '../chart/shape.ts'
import { markupOf } from './markup.ts'
import { styleSheet, type Theme } from './style-sheet.ts'

/** Between the drawing and the rim of the canvas. */
const margin = 20

function drawn(geometry: ChartGeometry, model: ChartModel): Shape[] {
  return [
    ...geometry.nodes.map(drawNode),
    ...drawMarks(geometry),
    ...geometry.edges.map(drawEdge).map(({ line, arrow }) => shape('g', { class: 'edge' }, line, arrow)),
    ...geometry.edges.flatMap(({ chips, more }) => [
      ...chips.map((chip) => drawChip(chip, model)),
      ...(more === null ? [] : [drawMore(more, model)]),
    ]),
  ]
}

export function svgOf(geometry: ChartGeometry, model: ChartModel, theme: Theme, description: string): string {
  const width = Math.ceil(geometry.width) + 2 * margin
  const height = Math.ceil(geometry.height) + 2 * margin
  const canvas = { x: -margin, y: -margin, width, height }
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    class: 'statechart',
    role: 'img',
    viewBox: `${canvas.x} ${canvas.y} ${width} ${height}`,
    width,
    height,
  }
  return `${markupOf(
    shape(
      'svg',
      attributes,
      shape('title', {}, `Chart of ${model.root.key}`),
      shape('desc', {}, description),
      shape('style', {}, styleSheet(theme)),
      shape('rect', { class: 'canvas', ...canvas, rx: 12 }),
      ...drawn(geometry, model),
    ),
  )}\n`
}
