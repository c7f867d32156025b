/**
 * Turns a geometry into SVG elements, once. What changes later is found again by id and by transition key.
 *
 * @module
 */
import { arrowOf } from './arrow.ts'
import { chipText } from './chips.ts'
import type { Box, ChartGeometry, PlacedChip, PlacedEdge, PlacedNode } from './geometry.ts'
import { iconOf } from './icons.ts'
import { spokenLabel } from './labels.ts'
import { textWidth } from './metrics.ts'
import type { ChartModel } from './model.ts'
import { pathOf } from './path.ts'
import { svg } from './svg.ts'

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

const radii = { leaf: 10, final: 10, container: 14, region: 12, pill: 8, group: 0, chip: 6 } as const

function rectangle({ x, y, width, height }: Box, radius: number, name: string, inset = 0): SVGRectElement {
  const size = { width: Math.max(0, width - 2 * inset), height: Math.max(0, height - 2 * inset) }
  return svg('rect', { class: name, x: x + inset, y: y + inset, ...size, rx: Math.max(0, radius - inset) })
}

/** A group is there to be found by its id, but has nothing to show of its own. */
function paintNode(placed: PlacedNode): SVGGElement {
  const { shape, title, titleAt, rows, x, y, width } = placed
  const group = svg('g', { class: `state ${shape}` })
  if (shape === 'group') return group
  const radius = radii[shape]
  if (shape === 'leaf' || shape === 'final') group.append(rectangle(placed, radius + 2, 'halo', -3))
  group.append(rectangle(placed, radius, 'box'))
  if (shape === 'final') group.append(rectangle(placed, radius, 'box', 3))
  group.append(svg('text', { class: 'title', x: titleAt.x, y: titleAt.y }, title))
  if (shape !== 'pill') group.append(svg('circle', { class: 'lamp', cx: x + width - 14, cy: y + 15, r: 3 }))
  for (const row of rows) {
    group.append(iconOf(row.icon, x + 13, row.y), svg('text', { x: x + 30, y: row.y + 10 }, row.text))
  }
  return group
}

/** The dot is a dash without length on a second copy of the line: it travels by its offset, in every engine alike. */
function paintEdge(edge: Pick<PlacedEdge, 'points' | 'bend'>): PaintedEdge {
  const d = pathOf(edge)
  const line = svg('path', { class: 'line', d })
  const dot = svg('path', { class: 'dot', d, pathLength: 1 })
  return { line, dot, group: svg('g', { class: 'edge' }, line, svg('path', { class: 'arrow', d: arrowOf(edge) }), dot) }
}

/** The title begins with the visible words, so that speaking what one sees finds it (WCAG 2.5.3). */
function paintChip(chip: PlacedChip, model: ChartModel): SVGGElement {
  const { label, parts, x, y } = chip
  const group = svg('g', { class: `chip ${label.kind}` }, rectangle(chip, radii.chip, 'box'))
  let at = x + 7
  if (label.kind !== 'event') {
    group.append(iconOf(label.kind, at - 1, y + 4))
    at += 15
  }
  for (const part of parts) {
    group.append(svg('text', { class: part.faint ? 'faint' : 'fact', x: at, y: y + 14 }, part.text))
    at += textWidth(`${part.text} `, chipText, 'mono')
  }
  const [from, to] = [label.source, label.target ?? ''].map((id) => model.nodes.get(id)?.key ?? id)
  group.append(
    svg('title', {}, `${parts.map((part) => part.text).join(' ')}: from ${from} to ${to}, ${spokenLabel(label)}`),
  )
  return group
}

function paintMore(more: NonNullable<PlacedEdge['more']>, model: ChartModel): SVGGElement {
  const group = svg('g', { class: 'chip more' }, rectangle(more, radii.chip, 'box'))
  const labels = model.edges
    .flatMap((edge) => edge.labels)
    .filter((label) => label.keys.some((key) => more.keys.includes(key)))
  group.append(svg('text', { class: 'fact', x: more.x + 7, y: more.y + 14 }, more.text))
  group.append(svg('title', {}, `${more.text}: ${labels.map(spokenLabel).join('; ')}`))
  return group
}

function paintLabels(geometry: ChartGeometry, model: ChartModel): PaintedLabel[] {
  return geometry.edges.flatMap(({ chips, more }): PaintedLabel[] => [
    ...chips.map((chip) => ({
      kind: 'chip' as const,
      group: paintChip(chip, model),
      box: chip,
      keys: chip.label.keys,
    })),
    ...(more === null ? [] : [{ kind: 'more' as const, group: paintMore(more, model), box: more, keys: more.keys }]),
  ])
}

function paintMarks(geometry: ChartGeometry): SVGElement[] {
  const marks = geometry.marks.map(({ kind, x, y, width, height }) =>
    kind === 'initial'
      ? svg('circle', { class: 'mark', cx: x + width / 2, cy: y + height / 2, r: width / 2 })
      : svg('text', { class: 'faint', x: x + 2, y: y + height - 5 }, 'any'),
  )
  return [...geometry.starts.map((start) => paintEdge(start).group), ...marks]
}

/** Paints a whole chart. @param model where the chips find the names of their ends. */
export function paint(geometry: ChartGeometry, model: ChartModel): Painting {
  const nodes = new Map(geometry.nodes.map((placed) => [placed.id, { group: paintNode(placed), placed }]))
  const edges = new Map(geometry.edges.map((edge) => [edge.id, paintEdge(edge)]))
  const labels = paintLabels(geometry, model)
  // Room for the halo of what stands at the rim.
  const [width, height] = [Math.ceil(geometry.width) + 8, Math.ceil(geometry.height) + 6]
  const root = svg(
    'svg',
    { viewBox: `-4 -2 ${width} ${height}`, width, height, 'aria-hidden': 'true' },
    // Lines go over the boxes of containers and under the chips.
    ...[...nodes.values()].map((node) => node.group),
    ...paintMarks(geometry),
    ...[...edges.values()].map((edge) => edge.group),
    ...labels.map((label) => label.group),
  )
  return { root, nodes, edges, labels }
}
