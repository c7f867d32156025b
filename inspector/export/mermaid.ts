/**
 * A chart as Mermaid's `stateDiagram-v2`. The same lifted edges as in the picture, because Mermaid draws no line between the
 * insides of two states; and no line ends at a container within a region, where Mermaid's layout throws.
 *
 * @module
 */
import type { ChartEdge } from '../chart/lift.ts'
import type { ChartLabel, ChartModel, ChartNode } from '../chart/model.ts'

/** What ends a line, a label or a quoted name, as Mermaid writes such characters. */
const reserved = /[#;:"<>{}\n\r\\]/g
const written = (text: string): string => text.replace(reserved, (character) => `#${character.charCodeAt(0)};`)

interface Diagram {
  readonly model: ChartModel
  /** The names of states in the diagram, which are words; by id. */
  readonly names: ReadonlyMap<string, string>
}

/** Words only, and no two alike: `a.b` and `a-b` are two states. Mermaid calls its own dots `…_start` and `…_end`. */
function namesOf(model: ChartModel): Map<string, string> {
  const taken = new Set<string>()
  return new Map(
    [...model.nodes.keys()].map((id) => {
      const base = `${id.replace(/[^A-Za-z0-9]+/g, '_')}_state`
      let name = base
      for (let rank = 2; taken.has(name); rank += 1) name = `${base}_${rank}`
      taken.add(name)
      return [id, name]
    }),
  )
}

function isInRegion(model: ChartModel, id: string): boolean {
  const node = model.nodes.get(id)
  if (node === undefined) return false
  return node.kind === 'parallel' || isInRegion(model, node.parent ?? '')
}

/** Where a line ends that may not end at a container: at a state that stands for it, beside it. */
function doorOf({ model, names }: Diagram, container: ChartNode, id: string): string | null {
  const hasInside = (model.nodes.get(id)?.children.length ?? 0) > 0
  return hasInside && isInRegion(model, container.id) ? `${names.get(id)}_door` : null
}

/** The circumstances as in a chip: where it really starts, on what condition, where it really ends. */
function labelText({ model }: Diagram, edge: ChartEdge, label: ChartLabel): string {
  const keyOf = (id: string | null): string => model.nodes.get(id ?? '')?.key ?? ''
  const { kind, text } = label
  return [
    label.source === (edge.from ?? edge.container) ? '' : keyOf(label.source),
    kind === 'after' ? `after ${text}` : kind === 'error' && text !== 'error' ? `${text} fails` : text,
    kind === 'done' && text !== 'done' ? 'done' : '',
    label.guard === null ? '' : `[${label.guard}]`,
    label.target === edge.to ? '' : `› ${keyOf(label.target)}`,
  ]
    .filter((part) => part !== '')
    .map(written)
    .join(' ')
}

/** One line for all that joins the same two states: of several loops at one state Mermaid draws the last one only. */
function edgesWithin(diagram: Diagram, container: ChartNode): string[] {
  const { model, names } = diagram
  const edges = model.edges.filter((edge) => edge.container === container.id)
  const doors = new Map(
    edges
      .flatMap(({ from, to }) => [from ?? '', to])
      .flatMap((id) => {
        const door = doorOf(diagram, container, id)
        return door === null ? [] : [[id, door] as const]
      }),
  )
  const nameOf = (id: string): string => doors.get(id) ?? names.get(id) ?? ''
  const lines = edges.flatMap((edge) => {
    const anyName = `${names.get(edge.to)}_any`
    const text = edge.labels.map((label) => labelText(diagram, edge, label)).join('<br/>')
    const [before, start] = edge.from === null ? [[`state "any" as ${anyName}`], anyName] : [[], nameOf(edge.from)]
    return [...before, `${start} --> ${nameOf(edge.to)} : ${text}`]
  })
  const standIns = [...doors].map(([id, door]) => `state "${written(model.nodes.get(id)?.key ?? '')} …" as ${door}`)
  return [...standIns, ...lines]
}

const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`)

function within(diagram: Diagram, node: ChartNode): string[] {
  if (node.kind === 'parallel')
    return node.children.flatMap((region, index) => [...(index === 0 ? [] : ['--']), ...stateLines(diagram, region)])
  const start = node.initial === null ? [] : [`[*] --> ${diagram.names.get(node.initial)}`]
  return [...start, ...node.children.flatMap((child) => stateLines(diagram, child)), ...edgesWithin(diagram, node)]
}

/** What a state does while it stays. */
function rowsOf(node: ChartNode): string[] {
  const rows = [
    ...node.invokes.map((invoked) => `runs ${invoked}`),
    ...node.entry.map((action) => `entry ${action}`),
    ...node.internal.map((label) => {
      const said = label.kind === 'after' ? `after ${label.text}` : label.text
      return label.guard === null ? said : `${said} [${label.guard}]`
    }),
  ]
  return rows.map(written)
}

function stateLines(diagram: Diagram, node: ChartNode): string[] {
  const name = diagram.names.get(node.id) ?? ''
  const head = `state "${written(node.key)}" as ${name}`
  const rows = rowsOf(node)
  if (node.children.length > 0) {
    // Only a state without an inside can have lines below its name.
    const note = rows.length === 0 ? [] : [`note left of ${name}`, ...indented(rows), 'end note']
    return [`${head} {`, ...indented(within(diagram, node)), '}', ...note]
  }
  const end = node.kind === 'final' ? [`${name} --> [*]`] : []
  return [head, ...rows.map((row) => `${name} : ${row}`), ...end]
}

/** The text of a diagram. @param model folded or not; what is said of it is the same. */
export function mermaidOf(model: ChartModel): string {
  const diagram: Diagram = { model, names: namesOf(model) }
  return `${['stateDiagram-v2', ...indented(['direction TB', ...stateLines(diagram, model.root)])].join('\n')}\n`
}
