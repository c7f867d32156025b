/**
 * A flat chart in layers, as dagre places it.
 *
 * @module
 */
import { graphlib, layout } from '@dagrejs/dagre'
import { placeStack } from './chips.ts'
import { anySize, type FlatChart, initialSize, type LayeredChart } from './flat.ts'
import { type Box, type ChartGeometry, joined, moved, noGeometry, type PlacedEdge, type Point } from './geometry.ts'
import type { ChartEdge } from './lift.ts'
import { bandsOf, type Port, spread, throughBands } from './ports.ts'

// A state's id never begins with a blank: XState joins keys with dots below the id of the machine.
const initialName = ' initial'
const anyName = (edge: ChartEdge): string => ` any ${edge.id}`

/** A line as dagre knows it: the size is that of its label. */
interface Wire {
  readonly name: string
  readonly from: string
  readonly to: string
  readonly width: number
  readonly height: number
}

function wiresOf({ edges, initial }: FlatChart): Wire[] {
  const start = initial === null ? [] : [{ name: initialName, from: initialName, to: initial, width: 0, height: 0 }]
  const rest = edges.map(({ edge, stack: { width, height } }) => ({
    name: edge.id,
    from: edge.from ?? anyName(edge),
    to: edge.to,
    width,
    height,
  }))
  return [...start, ...rest]
}

/** What dagre has to find room for, in the order that decides between equally good layouts: the start comes first. */
function sizesOf({ children, edges, initial }: FlatChart): Map<string, Pick<Box, 'width' | 'height'>> {
  const stubs = edges.filter(({ edge }) => edge.from === null).map(({ edge }) => [anyName(edge), anySize] as const)
  const dot = initial === null ? [] : [[initialName, { width: initialSize, height: initialSize }] as const]
  return new Map([
    ...dot,
    ...children.map(({ id, geometry: { width, height } }) => [id, { width, height }] as const),
    ...stubs,
  ])
}

/** Dagre writes its results into the graph that it is given. */
function layered(flat: LayeredChart, wires: readonly Wire[]): graphlib.Graph {
  const rankdir = flat.direction === 'down' ? 'TB' : 'LR'
  const graph = new graphlib.Graph({ multigraph: true })
  graph.setGraph({ rankdir, nodesep: 28, edgesep: 16, ranksep: 28, marginx: 2, marginy: 2 })
  for (const [name, size] of sizesOf(flat)) graph.setNode(name, { ...size })
  for (const { name, from, to, width, height } of wires) {
    // Straight from the dot into the initial state, whatever else is in the way.
    const weight = name === initialName ? 4 : 1
    graph.setEdge(from, to, { width, height, weight, labelpos: 'c' }, name)
  }
  layout(graph)
  return graph
}

function centred({ x, y, width = 0, height = 0 }: Partial<Box> & Point): Box {
  return { x: x - width / 2, y: y - height / 2, width, height }
}

const turn = ({ x, y }: Point): Point => ({ x: y, y: x })
const turnBox = (box: Box): Box => ({ x: box.y, y: box.x, width: box.height, height: box.width })

/** Out of the side, behind the chip, and in again: a loop has no layers to pass. */
function selfLoop(box: Box, label: Point): Point[] {
  const middle = box.y + box.height / 2
  const edge = box.x + box.width
  const [high, low] = [Math.max(box.y + 8, middle - 14), Math.min(box.y + box.height - 8, middle + 14)]
  return [
    { x: edge, y: high },
    { x: label.x, y: high },
    { x: label.x, y: low },
    { x: edge, y: low },
  ]
}

/** All lines of the graph, in a graph that flows down. */
function linesOf(
  wires: readonly Wire[],
  boxes: ReadonlyMap<string, Box>,
  inner: ReadonlyMap<string, Point[]>,
  labels: readonly Box[],
) {
  const bands = bandsOf([...boxes.values(), ...labels])
  const sides = new Map<string, Port[]>()
  const portAt = (id: string, way: Point | undefined): { port: Port; y: number } => {
    const box = boxes.get(id) ?? { x: 0, y: 0, width: 0, height: 0 }
    const below = (way?.y ?? 0) > box.y + box.height / 2
    const port: Port = { towards: way?.x ?? 0, x: 0 }
    const side = `${below ? 'below' : 'above'} ${id}`
    sides.set(side, [...(sides.get(side) ?? []), port])
    return { port, y: below ? box.y + box.height : box.y }
  }
  const ends = wires.map(({ name, from, to }) => {
    const way = inner.get(name) ?? []
    return { name, way, start: portAt(from, way[0]), end: portAt(to, way[way.length - 1]) }
  })
  for (const [side, ports] of sides) {
    const box = boxes.get(side.slice(6))
    if (box !== undefined) spread(ports, box)
  }
  return new Map(
    ends.map(({ name, way, start, end }) => {
      const points = [{ x: start.port.x, y: start.y }, ...way, { x: end.port.x, y: end.y }]
      return [name, throughBands(points, bands)] as const
    }),
  )
}

/** Places the boxes, the lines and the chips of one container, with the whole at 0, 0. */
export function layLayers(flat: LayeredChart): ChartGeometry {
  const wires = wiresOf(flat)
  const graph = layered(flat, wires)
  const down = flat.direction === 'down'
  const turned = down ? (point: Point): Point => point : turn
  const boxOf = (name: string): Box => centred(graph.node(name))
  const labelOf = ({ from, to, name, width, height }: Wire): Box => {
    const { x, y } = graph.edge(from, to, name)
    return centred({ x, y, width, height })
  }
  const turnedBox = (box: Box): Box => (down ? box : turnBox(box))
  const boxes = new Map([...sizesOf(flat).keys()].map((name) => [name, turnedBox(boxOf(name))]))
  const through = wires.filter(({ from, to }) => from !== to)
  const inner = through.map(({ name, from, to }) => {
    const points: Point[] = graph.edge(from, to, name).points
    return [name, points.slice(1, -1).map(turned)] as const
  })
  const labels = through.filter(({ height }) => height > 0).map((wire) => turnedBox(labelOf(wire)))
  const lines = linesOf(through, boxes, new Map(inner), labels)
  const lineOf = (name: string): Point[] => (lines.get(name) ?? []).map(turned)

  const edges = flat.edges.map(({ edge, stack }): PlacedEdge => {
    const { x, y } = graph.edge(edge.from ?? anyName(edge), edge.to, edge.id)
    const chips = placeStack(stack, { x, y })
    if (edge.from !== edge.to) return { id: edge.id, points: lineOf(edge.id), bend: flat.direction, ...chips }
    const loop = selfLoop(turnedBox(boxOf(edge.to)), turned({ x, y })).map(turned)
    return { id: edge.id, points: loop, bend: 'corners', ...chips }
  })
  const placed = flat.children.map(({ id, geometry }) => moved(geometry, boxOf(id)))
  const anys = flat.edges
    .filter(({ edge }) => edge.from === null)
    .map(({ edge }) => ({ kind: 'any' as const, ...boxOf(anyName(edge)) }))
  const dot = flat.initial === null ? [] : [{ kind: 'initial' as const, ...boxOf(initialName) }]
  const starts = flat.initial === null ? [] : [{ to: flat.initial, points: lineOf(initialName), bend: flat.direction }]
  const size: { width?: number; height?: number } = graph.graph()
  const lineWork = { ...noGeometry, edges, marks: [...dot, ...anys], starts }
  return joined({ width: size.width ?? 0, height: size.height ?? 0 }, [...placed, lineWork])
}
