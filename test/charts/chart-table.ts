/**
 * A chart as a table, one row per state and one column per event, and the same table read off the chart that ships. Held
 * against each other they leave no cell to chance: a new state, event or transition without a word here fails.
 *
 * @module
 */

/** Why a cell is empty. What a machine can check of it is checked. */
export const reasons = {
  '^': 'a state around it takes the event',
  v: 'a state inside takes the event',
  rest: 'nothing runs that it could concern',
  over: 'final: nothing is heard any more',
  twice: 'it is so already, or under way: saying it again changes nothing',
  hint: 'noted in the context, and asked there when it matters',
  stale: 'comes from something that is gone, or cannot come here',
} as const

type Reason = keyof typeof reasons

/** What a state does with an event, one line per guarded transition in their order. */
export type Outcome = readonly string[]

/** A row's name, then the words of its cells. */
type Row = readonly [state: string, ...cells: string[]]

export interface DeclaredTable {
  readonly events: readonly string[]
  readonly rows: readonly Row[]
}

/** Reads a table that is laid out with spaces; its first line names the events. */
export function tableOf(text: string): DeclaredTable {
  const [events = [], ...rows] = text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
  return { events, rows: rows.map(([state = '', ...cells]) => [state, ...cells] as const) }
}

/** The part of a state node that a table is about. */
export interface ChartNode {
  readonly id: string
  readonly states: Readonly<Record<string, ChartNode>>
  readonly transitions: ReadonlyMap<string, readonly ChartTransition[]>
  readonly always?: readonly ChartTransition[] | undefined
}

interface ChartTransition {
  readonly guard?: unknown
  readonly target?: readonly { readonly id: string }[] | undefined
  readonly actions: readonly unknown[]
  readonly reenter: boolean
}

/** Every state of a chart, the root first. */
export function statesOf(node: ChartNode): ChartNode[] {
  return [node, ...Object.values(node.states).flatMap(statesOf)]
}

/** `[guard] → target / actions`, as the declarations write it. The chart's own name is left out of its states' names. */
function describe({ guard, target, actions, reenter }: ChartTransition): string {
  const where = target === undefined ? 'stays' : `→ ${target.map(({ id }) => shortName(id)).join(' ')}`
  const again = reenter ? ' again' : ''
  return `${guard === undefined ? '' : `[${String(guard)}] `}${where}${again}${actions.length > 0 ? ` / ${actions.join(' ')}` : ''}`
}

export function shortName(id: string): string {
  return id.includes('.') ? id.slice(id.indexOf('.') + 1) : id
}

/** Invocations, delays and eventless transitions: `done dial`, `after backoff`, `always`. */
function ownName(event: string): string {
  const [, kind = '', ...rest] = event.split('.')
  return event.startsWith('xstate.') ? `${kind} ${rest[kind === 'after' ? 0 : 1]}` : event
}

/** What this state does by itself with each event, in words. */
function handledBy(node: ChartNode): Map<string, Outcome> {
  const handled = new Map<string, Outcome>()
  for (const [event, transitions] of node.transitions) handled.set(ownName(event), transitions.map(describe))
  if (node.always !== undefined && node.always.length > 0) handled.set('always', node.always.map(describe))
  return handled
}

function isOwn(event: string): boolean {
  return event === 'always' || event.includes(' ')
}

/** What a state does by itself: when something it started ends, after a delay, or at once. */
export function ownOf(root: ChartNode): Record<string, Record<string, Outcome>> {
  const entries = statesOf(root).map((node) => {
    const own = [...handledBy(node)].filter(([event]) => isOwn(event))
    return [shortName(node.id), Object.fromEntries(own)] as const
  })
  return Object.fromEntries(entries.filter(([, own]) => Object.keys(own).length > 0))
}

/** The events from outside that any state of the chart knows. */
export function eventsOf(root: ChartNode): Set<string> {
  return new Set(statesOf(root).flatMap((node) => [...handledBy(node).keys()].filter((event) => !isOwn(event))))
}

/** What is wrong with the declared tables, in sentences; nothing when they and the chart say the same. */
export function disagreements(
  root: ChartNode,
  tables: readonly DeclaredTable[],
  outcomes: Readonly<Record<string, Outcome>>,
): string[] {
  const wrong: string[] = []
  const states = statesOf(root)
  const names = states.map(({ id }) => shortName(id))
  for (const { events, rows } of tables) {
    const declared = rows.map(([state]) => state)
    for (const name of names) if (!declared.includes(name)) wrong.push(`no row for state ${name}`)
    for (const name of declared) if (!names.includes(name)) wrong.push(`a row for ${name}, which is no state`)
    for (const [state, ...cells] of rows) {
      const node = states.find(({ id }) => shortName(id) === state)
      if (cells.length !== events.length) wrong.push(`${state} has ${cells.length} cells for ${events.length} events`)
      if (node !== undefined) wrong.push(...wrongCells(root, node, events, cells, outcomes))
    }
  }
  const columns = new Set(tables.flatMap(({ events }) => events))
  for (const event of eventsOf(root)) if (!columns.has(event)) wrong.push(`no column for event ${event}`)
  return wrong
}

function wrongCells(
  root: ChartNode,
  node: ChartNode,
  events: readonly string[],
  cells: readonly string[],
  outcomes: Readonly<Record<string, Outcome>>,
): string[] {
  return events.flatMap((event, index) => {
    const cell = cells[index] ?? ''
    const handled = handledBy(node).get(event)
    const truth = handled === undefined ? emptiness(root, node, event) : handled.join('\n')
    const declared = cell in reasons ? reasonClass(cell as Reason) : (outcomes[cell]?.join('\n') ?? `unknown "${cell}"`)
    return declared === truth ? [] : [`${shortName(node.id)} × ${event}: declared ${declared}, but ${truth}`]
  })
}

/** `^` and `v` are facts of the chart; the other reasons all mean that nobody handles it, and say why. */
function reasonClass(reason: Reason): string {
  return reason === '^' || reason === 'v' ? reason : 'ignored'
}

function emptiness(root: ChartNode, node: ChartNode, event: string): string {
  const around = statesOf(root).some((other) => node.id.startsWith(`${other.id}.`) && handledBy(other).has(event))
  if (around) return '^'
  const inside = statesOf(node).some((other) => other !== node && handledBy(other).has(event))
  return inside ? 'v' : 'ignored'
}
