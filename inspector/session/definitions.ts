/**
 * The machines that apps have told of. A configuration is read field by field, counted first, and never started.
 *
 * @module
 */
import { type AnyStateMachine, type AnyStateNode, createMachine } from 'xstate'
import { chartModel } from '../chart/model.ts'
import { bounds } from '../protocol/bounds.ts'
import { everyState } from './nodes.ts'
import { isJson, type Json } from './reading.ts'

/** More than is drawn: larger machines than `bounds.drawnStates` are still shown as text. */
const mostStates = 1_000
const deepestState = 64
const mostTransitions = 10_000
/** All definitions of one app together, in characters. */
const mostText = 8_388_608

/** Assigned to an ordinary object this name would give it a prototype. */
function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  return isJson(value) ? Object.entries(value).filter(([key]) => key !== '__proto__') : []
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  return value === undefined || value === null ? [] : [value]
}

function countOf(state: Json): number {
  const invoked = listOf(state.invoke).filter(isJson)
  const groups = [state, ...invoked].flatMap((owner) => [owner.always, owner.onDone, owner.onError, owner.onSnapshot])
  const named = [...entriesOf(state.on), ...entriesOf(state.after)].map(([, transitions]) => transitions)
  return [...groups, ...named].reduce<number>((sum, group) => sum + listOf(group).length, 0)
}

/** Without recursion: this is what decides whether recursion is safe. */
function isTooLarge(root: Json): boolean {
  const open: { readonly state: Json; readonly depth: number }[] = [{ state: root, depth: 0 }]
  let states = 0
  let transitions = 0
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    states++
    transitions += countOf(next.state)
    if (states + open.length > mostStates || transitions > mostTransitions || next.depth > deepestState) return true
    for (const [, state] of entriesOf(next.state.states)) {
      if (isJson(state)) open.push({ state, depth: next.depth + 1 })
    }
  }
  return false
}

/** An action, a guard or an actor by its name. What has none keeps its place, because that there is one matters. */
function named(value: unknown): { readonly type: string } | undefined {
  if (typeof value === 'string') return { type: value }
  if (isJson(value)) return { type: typeof value.type === 'string' ? value.type : '?' }
  return undefined
}

function actionsOf(value: unknown): readonly { readonly type: string }[] {
  return listOf(value).flatMap((action) => named(action) ?? [])
}

function strings(value: unknown): readonly string[] {
  return listOf(value).filter((item) => typeof item === 'string')
}

function transitionOf(value: unknown): Json {
  if (typeof value === 'string') return { target: value }
  if (!isJson(value)) return {}
  const targets = strings(value.target)
  return {
    ...(targets.length > 0 && { target: targets.length === 1 ? targets[0] : targets }),
    ...(value.guard !== undefined && value.guard !== null && { guard: named(value.guard) }),
    ...(value.reenter === true && { reenter: true }),
    actions: actionsOf(value.actions),
  }
}

function transitionsOf(value: unknown): readonly Json[] {
  return listOf(value).map(transitionOf)
}

/** XState makes an event of it even where there is nothing in it. */
function given(name: string, value: unknown): Json {
  const transitions = transitionsOf(value)
  return transitions.length === 0 ? {} : { [name]: transitions }
}

function table(value: unknown): Json {
  return Object.fromEntries(entriesOf(value).map(([event, transitions]) => [event, transitionsOf(transitions)]))
}

function invokeOf(value: unknown): readonly Json[] {
  return listOf(value)
    .filter(isJson)
    .map((invoke) => ({
      ...(typeof invoke.id === 'string' && { id: invoke.id }),
      src: named(invoke.src)?.type ?? '?',
      ...given('onDone', invoke.onDone),
      ...given('onError', invoke.onError),
      ...given('onSnapshot', invoke.onSnapshot),
    }))
}

const types: readonly unknown[] = ['atomic', 'compound', 'parallel', 'final', 'history']

function configOf(state: Json): Json {
  const { id, type, initial, history, target, description } = state
  const initially = isJson(initial) ? strings(initial.target)[0] : initial
  const states = entriesOf(state.states).map(([key, inner]) => [key, configOf(isJson(inner) ? inner : {})])
  return {
    ...(typeof id === 'string' && { id }),
    ...(types.includes(type) && { type }),
    ...(typeof initially === 'string' && { initial: initially }),
    ...((history === 'shallow' || history === 'deep') && { history }),
    ...(typeof target === 'string' && { target }),
    ...(typeof description === 'string' && { description }),
    tags: strings(state.tags),
    entry: actionsOf(state.entry),
    exit: actionsOf(state.exit),
    invoke: invokeOf(state.invoke),
    on: table(state.on),
    after: table(state.after),
    always: transitionsOf(state.always),
    ...given('onDone', state.onDone),
    ...(states.length > 0 && { states: Object.fromEntries(states) }),
  }
}

type Paths = ReadonlyMap<string, readonly string[]>

function pathsOf(root: AnyStateNode): [string, readonly string[]][] {
  return everyState(root).map(({ id, path }) => [id, path])
}

function machineFrom(json: string): AnyStateMachine | null {
  try {
    const config: unknown = JSON.parse(json)
    if (!isJson(config) || isTooLarge(config)) return null
    const machine = createMachine(configOf(config))
    // XState resolves targets late; whatever is wrong with them must come out here and not while somebody draws.
    const drawn = chartModel(machine).nodes.size
    // Two states of one id would be one to everybody who asks for it.
    return drawn === pathsOf(machine.root).length ? machine : null
  } catch {
    return null
  }
}

/** Of one app, by hash. */
export class Definitions {
  readonly #texts = new Map<string, string>()
  readonly #machines = new Map<string, AnyStateMachine | null>()
  readonly #paths = new Map<string, Paths>()
  #length = 0

  /** A hash names one text for ever: the first one told is kept. */
  add(hash: string, json: string): void {
    if (json.length > bounds.definitionBytes || this.#texts.has(hash)) return
    this.#texts.set(hash, json)
    this.#length += json.length
    for (const [oldest, text] of this.#texts) {
      if (this.#length <= mostText) break
      this.#texts.delete(oldest)
      this.#machines.delete(oldest)
      this.#paths.delete(oldest)
      this.#length -= text.length
    }
  }

  get all(): Iterable<readonly [hash: string, json: string]> {
    return this.#texts
  }

  /** `null` where it is unknown, malformed or too large. */
  machine(hash: string): AnyStateMachine | null {
    const known = this.#machines.get(hash)
    if (known !== undefined) return known
    const json = this.#texts.get(hash)
    if (json === undefined) return null
    const machine = machineFrom(json)
    this.#machines.set(hash, machine)
    return machine
  }

  #pathsOf(hash: string): Paths | undefined {
    const known = this.#paths.get(hash)
    if (known !== undefined) return known
    const machine = this.machine(hash)
    if (machine === null) return undefined
    const paths: Paths = new Map(pathsOf(machine.root))
    this.#paths.set(hash, paths)
    return paths
  }

  /** The state that waits for `xstate.after.<delay>.<id>`, as its path. Delays and ids may both have dots: the longest id is it. */
  pathOfWait(hash: string | null, event: string): readonly string[] | undefined {
    const paths = hash === null ? undefined : this.#pathsOf(hash)
    if (paths === undefined || !event.startsWith('xstate.after.')) return undefined
    for (let dot = event.indexOf('.', 13); dot !== -1; dot = event.indexOf('.', dot + 1)) {
      const path = paths.get(event.slice(dot + 1))
      if (path !== undefined) return path
    }
    return undefined
  }
}
