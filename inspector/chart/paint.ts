/**
 * Turns a geometry into SVG elements, once. What changes later is found again by id and by transition key.
 *
 * @module
 */
import { drawChip, drawEdge, drawMarks, drawMore, drawNode, radii, rectangle, sheetOf } from './draw.ts'
import type { Box, ChartGeometry, PlacedEdge, PlacedNode } from './geometry.ts'
import type { ChartModel } from './model.ts'
import { pathOf } from './path.ts'
import { elementOf, svg } from './svg.ts'

export interface PaintedEdge {
  readonly group: SVGGElement
  readonly line: SVGPathElement
  readonly dot: SVGPathElement
}

/** A chip, with what it stands for. `more` is the one that says "+3". */
export interface PaintedLabel {
  readonly kind: 'chip' | 'more'
  readonly group: SVGGElement
  readonly box: Box
  readonly keys: readonly string[]
}

export interface Painting {
  readonly root: SVGSVGElement
  readonly nodes: ReadonlyMap<string, { readonly group: SVGGElement; readonly placed: PlacedNode }>
  /** By id of the edge. */
  readonly edges: ReadonlyMap<string, PaintedEdge>
  readonly labels: readonly PaintedLabel[]
}

/** What shines while a state is active lies under its box and beside its title. */
function paintNode(placed: PlacedNode): SVGGElement {
  const { shape, x, y, width } = placed
  const group = elementOf(drawNode(placed))
  if (shape === 'leaf' || shape === 'final') group.prepend(elementOf(rectangle(placed, radii[shape] + 2, 'halo', -3)))
  const hasLamp = shape !== 'pill' && shape !== 'group'
  if (hasLamp) group.append(svg('circle', { class: 'lamp', cx: x + width - 14, cy: y + 15, r: 3 }))
  return group
}

/** The dot is a dash without length on a second copy of the line: it travels by its offset, in every engine alike. */
function paintEdge(edge: PlacedEdge): PaintedEdge {
  const drawn = drawEdge(edge)
  const line = elementOf(drawn.line)
  const dot = svg('path', { class: 'dot', d: pathOf(edge), pathLength: 1 })
  // A line is too thin to be pointed at.
  const reach = svg('path', { class: 'reach', d: pathOf(edge) })
  return { line, dot, group: svg('g', { class: 'edge' }, line, elementOf(drawn.arrow), dot, reach) }
}

function paintLabels(geometry: ChartGeometry, model: ChartModel): PaintedLabel[] {
  return geometry.edges.flatMap(({ chips, more }): PaintedLabel[] => [
    ...chips.map((chip) => ({
      kind: 'chip' as const,
      group: elementOf(drawChip(chip, model)),
      box: chip,
      keys: chip.label.keys,
    })),
    ...(more === null
      ? []
      : [{ kind: 'more' as const, group: elementOf(drawMore(more, model)), box: more, keys: more.keys }]),
  ])
}

/** Paints a whole chart. @param model where the chips find the names of their ends. */
export function paint(geometry: ChartGeometry, model: ChartModel): Painting {
  const nodes = new Map(geometry.nodes.map((placed) => [placed.id, { group: paintNode(placed), placed }]))
  const edges = new Map(geometry.edges.map((edge) => [edge.id, paintEdge(edge)]))
  const labels = paintLabels(geometry, model)
  const { x, y, width, height } = sheetOf(geometry)
  const root = svg(
    'svg',
    { viewBox: `${x} ${y} ${width} ${height}`, width, height, 'aria-hidden': 'true' },
    // Lines go over the boxes of containers and under the chips.
    ...[...nodes.values()].map((node) => node.group),
    ...drawMarks(geometry).map(elementOf),
    ...[...edges.values()].map((edge) => edge.group),
    ...labels.map((label) => label.group),
  )
  return { root, nodes, edges, labels }
}
