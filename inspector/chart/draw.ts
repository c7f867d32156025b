/**
 * A geometry as shapes: all that is to be seen of a chart at rest. The page adds what moves, an export adds nothing.
 *
 * @module
 */
import { arrowOf } from './arrow.ts'
import type { Box, ChartGeometry, PlacedChip, PlacedEdge, PlacedNode } from './geometry.ts'
import { iconOf } from './icons.ts'
import { spokenLabel } from './labels.ts'
import type { ChartModel } from './model.ts'
import { pathOf } from './path.ts'
import { type Shape, shape } from './shape.ts'

export const radii = { leaf: 10, final: 10, container: 14, region: 12, pill: 8, group: 0, chip: 6 } as const

/** Coordinates finer than this cost bytes and show nothing. */
const round = (value: number): number => Math.round(value * 10) / 10

export function rectangle({ x, y, width, height }: Box, radius: number, name: string, inset = 0): Shape<'rect'> {
  const size = { width: round(Math.max(0, width - 2 * inset)), height: round(Math.max(0, height - 2 * inset)) }
  return shape('rect', {
    class: name,
    x: round(x + inset),
    y: round(y + inset),
    ...size,
    rx: Math.max(0, radius - inset),
  })
}

const words = (name: string, x: number, y: number, text: string): Shape =>
  shape('text', { class: name, x: round(x), y: round(y) }, text)

/** A group is there to be found by its id, but has nothing to show of its own. */
export function drawNode(placed: PlacedNode): Shape<'g'> {
  const { id, shape: kind, title, titleAt, rows, x } = placed
  const attributes = { class: `state ${kind}`, 'data-state': id }
  if (kind === 'group') return shape('g', attributes)
  const inner = kind === 'final' ? [rectangle(placed, radii.final, 'box', 3)] : []
  return shape(
    'g',
    attributes,
    rectangle(placed, radii[kind], 'box'),
    ...inner,
    words('title', titleAt.x, titleAt.y, title),
    ...rows.flatMap((row) => [
      iconOf(row.icon, round(x + 13), round(row.y)),
      shape(
        'text',
        {
          ...(row.icon === 'event' && { class: 'fact' }),
          x: round(x + 30),
          y: round(row.y + 10),
          ...(row.keys.length > 0 && { 'data-transitions': row.keys.join(', ') }),
        },
        row.text,
      ),
    ]),
  )
}

/** A line and its head. */
interface DrawnEdge {
  readonly line: Shape<'path'>
  readonly arrow: Shape<'path'>
}

export function drawEdge(edge: Pick<PlacedEdge, 'points' | 'bend'>): DrawnEdge {
  return {
    line: shape('path', { class: 'line', d: pathOf(edge) }),
    arrow: shape('path', { class: 'arrow', d: arrowOf(edge) }),
  }
}

/** The title begins with the visible words, so that speaking what one sees finds it (WCAG 2.5.3). */
export function drawChip(chip: PlacedChip, model: ChartModel): Shape<'g'> {
  const { label, parts, x, y } = chip
  const isEvent = label.kind === 'event'
  const at = isEvent ? x + 7 : x + 22
  // One line of text: where a font is narrower than the table says, the parts still stand a blank apart.
  const line = parts.flatMap((part, index) => [
    ...(index === 0 ? [] : [' ']),
    shape('tspan', { class: part.faint ? 'faint' : 'fact' }, part.text),
  ])
  const [from, to] = [label.source, label.target ?? ''].map((id) => model.nodes.get(id)?.key ?? id)
  const seen = parts.map((part) => part.text).join(' ')
  const pieces = [
    rectangle(chip, radii.chip, 'box'),
    ...(isEvent ? [] : [iconOf(label.kind, round(x + 6), round(y + 4))]),
    shape('text', { x: round(at), y: round(y + 14) }, ...line),
    shape('title', {}, `${seen}: from ${from} to ${to}, ${spokenLabel(label)}`),
  ]
  return shape('g', { class: `chip ${label.kind}`, 'data-transitions': label.keys.join(', ') }, ...pieces)
}

export function drawMore(more: NonNullable<PlacedEdge['more']>, model: ChartModel): Shape<'g'> {
  const labels = model.edges
    .flatMap((edge) => edge.labels)
    .filter((label) => label.keys.some((key) => more.keys.includes(key)))
  return shape(
    'g',
    { class: 'chip more', 'data-transitions': more.keys.join(', ') },
    rectangle(more, radii.chip, 'box'),
    words('fact', more.x + 7, more.y + 14, more.text),
    shape('title', {}, `${more.text}: ${labels.map(spokenLabel).join('; ')}`),
  )
}

/** The dots where charts begin, with their arrows, and the words "any". */
export function drawMarks(geometry: ChartGeometry): Shape[] {
  const marks = geometry.marks.map(({ kind, x, y, width, height }) =>
    kind === 'initial'
      ? shape('circle', { class: 'mark', cx: round(x + width / 2), cy: round(y + height / 2), r: width / 2 })
      : words('faint', x + 2, y + height - 5, 'any'),
  )
  return [
    ...geometry.starts.map(drawEdge).map(({ line, arrow }) => shape('g', { class: 'edge' }, line, arrow)),
    ...marks,
  ]
}

/** Room for the halo of what stands at the rim. */
export function sheetOf({ width, height }: Pick<Box, 'width' | 'height'>): Box {
  return { x: -4, y: -2, width: Math.ceil(width) + 8, height: Math.ceil(height) + 6 }
}
