/**
 * Geometry that was worked out when the package was made: all that takes thought, as plain numbers. The words are not in it,
 * they come from the model, which its hash must match.
 *
 * @module
 */
import { baked as breaker } from './baked/breaker.ts'
import { baked as connection } from './baked/connection.ts'
import { baked as environment } from './baked/environment.ts'
import { baked as manager } from './baked/manager.ts'
import { boxOf } from './box.ts'
import { chipHeight, stackOf } from './chips.ts'
import { most } from './columns.ts'
import type { ChartGeometry, PlacedEdge, PlacedMark, Point } from './geometry.ts'
import type { ChartModel } from './model.ts'

/** Pixels, of which a tenth is the finest. Points are x and y in turn. */
export interface BakedGeometry {
  readonly hash: string
  readonly width: number
  readonly height: number
  /** By id of the state, outer ones first: x, y, width, height. */
  readonly nodes: Readonly<Record<string, readonly number[]>>
  /** By id of the edge: its points, and the top left corners of its chips. */
  readonly edges: Readonly<Record<string, { readonly line: readonly number[]; readonly chips: readonly number[] }>>
  /** x, y, width, height. */
  readonly marks: readonly { readonly kind: PlacedMark['kind']; readonly box: readonly number[] }[]
  /** The points of the arrow into an initial state, by its id. */
  readonly starts: Readonly<Record<string, readonly number[]>>
}

const all: Readonly<Record<string, BakedGeometry>> = { breaker, connection, environment, manager }

/** Two 32-bit hashes (FNV-1a) of everything that a drawing shows. */
export function modelHash(model: ChartModel): string {
  const nodes = [...model.nodes.values()].map(({ children: _children, ...node }) => node)
  const text = JSON.stringify([nodes, model.edges])
  return [0x811c9dc5, 0x01000193]
    .map((basis) => {
      let hash = basis
      for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
      return (hash >>> 0).toString(16).padStart(8, '0')
    })
    .join('')
}

const round = (value: number): number => Math.round(value * 10) / 10
const numbersOf = (points: readonly Point[]): number[] => points.flatMap(({ x, y }) => [round(x), round(y)])
const boxNumbers = ({ x, y, width, height }: PlacedMark | ChartGeometry['nodes'][number]): number[] =>
  [x, y, width, height].map(round)

/** @param model of which the geometry is, folded. */
export function bake(model: ChartModel, geometry: ChartGeometry): BakedGeometry {
  return {
    hash: modelHash(model),
    width: round(geometry.width),
    height: round(geometry.height),
    nodes: Object.fromEntries(geometry.nodes.map((node) => [node.id, boxNumbers(node)])),
    edges: Object.fromEntries(
      geometry.edges.map((edge) => [edge.id, { line: numbersOf(edge.points), chips: numbersOf(edge.chips) }]),
    ),
    marks: geometry.marks.map((mark) => ({ kind: mark.kind, box: boxNumbers(mark) })),
    starts: Object.fromEntries(geometry.starts.map(({ to, points }) => [to, numbersOf(points)])),
  }
}

function pointsOf(numbers: readonly number[]): Point[] {
  return numbers.flatMap((x, index) => (index % 2 === 0 ? [{ x, y: numbers[index + 1] ?? 0 }] : []))
}

function placeOf([x = 0, y = 0, width = 0, height = 0]: readonly number[]) {
  return { x, y, width, height }
}

/** The drawing of a machine whose geometry is shipped; `undefined` for any other, and for a version of it that has changed. */
export function bakedGeometry(model: ChartModel): ChartGeometry | undefined {
  const id = model.root.id
  const baked = Object.hasOwn(all, id) ? all[id] : undefined
  if (baked === undefined || baked.hash !== modelHash(model)) return undefined
  const edges = model.edges.flatMap((edge): PlacedEdge[] => {
    const placed = baked.edges[edge.id]
    if (placed === undefined) return []
    const corners = pointsOf(placed.chips)
    const chips = stackOf(model, edge, edge.labels, most).chips.map((chip, index) => ({
      ...chip,
      ...(corners[index] ?? { x: 0, y: 0 }),
      height: chipHeight,
    }))
    return [{ id: edge.id, points: pointsOf(placed.line), bend: 'corners', chips, more: null }]
  })
  return {
    width: baked.width,
    height: baked.height,
    nodes: Object.entries(baked.nodes).flatMap(([state, numbers]) => {
      const node = model.nodes.get(state)
      return node === undefined ? [] : [boxOf(model, node, false, placeOf(numbers))]
    }),
    edges,
    marks: baked.marks.map(({ kind, box }) => ({ kind, ...placeOf(box) })),
    starts: Object.entries(baked.starts).map(([to, line]) => ({ to, points: pointsOf(line), bend: 'corners' })),
  }
}
