/**
 * The machine of a configuration that was told, as XState would make it. XState itself is half of what a page loads at first,
 * and most of it runs machines, which nobody does here.
 *
 * @module
 */
import type { Machine, MachineState, MachineTransition } from '../chart/machine.ts'
import { isJson, type Json } from './reading.ts'

/** A state whose targets are still to be found: all states have to be there first. */
interface Sketch extends MachineState {
  readonly parent: Sketch | undefined
  states: Readonly<Record<string, Sketch>>
  initial: { readonly target: readonly Sketch[] }
  readonly transitions: Map<string, readonly MachineTransition[]>
  always?: readonly MachineTransition[]
}

/** Assigned to an ordinary object this name would give it a prototype. */
export function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  return isJson(value) ? Object.entries(value).filter(([key]) => key !== '__proto__') : []
}

export function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  return value === undefined || value === null ? [] : [value]
}

interface Named {
  readonly type: string
}

/** An action, a guard or an actor by its name. What has none keeps its place, because that there is one matters. */
function named(value: unknown): Named | undefined {
  if (typeof value === 'string') return { type: value }
  if (isJson(value)) return { type: typeof value.type === 'string' ? value.type : '?' }
  return undefined
}

function actionsOf(value: unknown): readonly Named[] {
  return listOf(value).flatMap((action) => named(action) ?? [])
}

function strings(value: unknown): readonly string[] {
  return listOf(value).filter((item) => typeof item === 'string')
}

function isType(type: unknown): type is MachineState['type'] {
  return type === 'atomic' || type === 'compound' || type === 'parallel' || type === 'final' || type === 'history'
}

function typeOf({ history, states, type }: Json): MachineState['type'] {
  if (isType(type)) return type
  if (entriesOf(states).length > 0) return 'compound'
  return history === true || history === 'shallow' || history === 'deep' ? 'history' : 'atomic'
}

/** A dot ends a key, unless a backslash stands before it. */
function keysOf(target: string): readonly string[] {
  const keys: string[] = []
  let key = ''
  for (let at = 0; at < target.length; at++) {
    const letter = target.charAt(at)
    if (letter === '.') {
      keys.push(key)
      key = ''
    } else key += letter === '\\' ? target.charAt(++at) : letter
  }
  return [...keys, key]
}

function childOf({ id, states }: Sketch, key: string): Sketch {
  const child = Object.hasOwn(states, key) ? states[key] : undefined
  if (child === undefined) throw new Error(`There is no state "${key}" in "${id}".`)
  return child
}

/** All states by their ids: where targets are looked up. */
class Directory {
  readonly #states = new Map<string, Sketch>()

  add(state: Sketch): void {
    // Two states of one id would be one to everybody who asks for it.
    if (this.#states.has(state.id)) throw new Error(`There are two states "${state.id}".`)
    this.#states.set(state.id, state)
  }

  /** @throws Error where there is no such state. */
  resolve(source: Sketch, target: string): MachineState {
    const { key, parent } = source
    const isInner = target.startsWith('.')
    if (parent !== undefined) return this.#walk(parent, keysOf(isInner ? key + target : target))
    if (isInner) return this.#walk(source, keysOf(target.slice(1)))
    if (target.startsWith('#')) return this.#walk(source, keysOf(target))
    throw new Error(`"${target}" cannot be reached from the root "${source.id}".`)
  }

  #walk(from: Sketch, keys: readonly string[]): Sketch {
    let state = from
    for (const key of keys) {
      // As in XState, nothing counts after an empty key.
      if (key === '') break
      state = key.startsWith('#') ? this.#called(key.slice(1)) : childOf(state, key)
    }
    return state
  }

  #called(id: string): Sketch {
    const state = this.#states.get(id)
    if (state === undefined) throw new Error(`There is no state "#${id}".`)
    return state
  }
}

function invokesOf(config: Json): readonly Json[] {
  return listOf(config.invoke).filter(isJson)
}

/** Without the states in it, and without what leads away from it. */
function sketchOf(config: Json, key: string, parent: Sketch | undefined): Sketch {
  const path = parent === undefined ? [] : [...parent.path, key]
  let root = key
  for (let state = parent; state !== undefined; state = state.parent) root = state.key
  const id = typeof config.id === 'string' && config.id !== '' ? config.id : [root, ...path].join('.')
  return {
    id,
    key,
    path,
    parent,
    type: typeOf(config),
    states: {},
    initial: { target: [] },
    invoke: invokesOf(config).map((invoked, index) => ({
      id: typeof invoked.id === 'string' ? invoked.id : `${index}.${id}`,
      src: named(invoked.src)?.type ?? '?',
    })),
    entry: actionsOf(config.entry),
    tags: strings(config.tags),
    transitions: new Map(),
  }
}

function initialOf(state: Sketch, { initial }: Json): Sketch['initial'] {
  if (state.type !== 'compound') return { target: [] }
  const [key = ''] = strings(isJson(initial) ? initial.target : initial)
  return { target: [childOf(state, key)] }
}

function transitionOf(directory: Directory, source: Sketch, eventType: string, told: unknown): MachineTransition {
  const config: Json = isJson(told) ? told : { target: told }
  const targets = strings(config.target)
  const isNowhere = targets.length === 0 || (targets.length === 1 && targets[0] === '')
  const guard = named(config.guard)
  return {
    source,
    eventType,
    target: isNowhere ? undefined : targets.map((target) => directory.resolve(source, target)),
    ...(guard && { guard }),
    actions: actionsOf(config.actions),
    reenter: config.reenter === true,
  }
}

/** Finds where a state leads. */
function lead(directory: Directory, state: Sketch, config: Json): void {
  const { id, transitions } = state
  const read = (event: string, told: unknown): readonly MachineTransition[] =>
    listOf(told).map((transition) => transitionOf(directory, state, event, transition))
  const listen = (event: string, told: unknown): void => {
    const heard = read(event, told)
    if (heard.length > 0) transitions.set(event, heard)
  }
  for (const [event, told] of entriesOf(config.on)) {
    if (event === '') throw new Error(`"${id}" hears an event without a name.`)
    transitions.set(event, read(event, told))
  }
  listen(`xstate.done.state.${id}`, config.onDone)
  for (const [index, invoked] of invokesOf(config).entries()) {
    const actor = state.invoke[index]?.id
    listen(`xstate.done.actor.${actor}`, invoked.onDone)
    listen(`xstate.error.actor.${actor}`, invoked.onError)
    listen(`xstate.snapshot.${actor}`, invoked.onSnapshot)
  }
  for (const [delay, told] of entriesOf(config.after)) {
    // `1e3` and `1000` are one delay.
    const event = `xstate.after.${Number.isNaN(Number(delay)) ? delay : Number(delay)}.${id}`
    const heard = [...(transitions.get(event) ?? []), ...read(event, told)]
    if (heard.length > 0) transitions.set(event, heard)
  }
  state.always = read('', config.always)
  state.initial = initialOf(state, config)
}

/**
 * Reads a configuration. It must be known not to be too large: this walks it by recursion.
 *
 * @throws Error where XState would, sooner or later: a target or an initial state that is not there, two states of one id.
 * @example
 * const { root } = toldMachine({ id: 'lamp', initial: 'off', states: { off: { on: { press: 'on' } }, on: {} } })
 */
export function toldMachine(config: Json): Machine {
  const directory = new Directory()
  const unled: (readonly [Sketch, Json])[] = []
  const enter = (told: Json, key: string, parent: Sketch | undefined): Sketch => {
    const state = sketchOf(told, key, parent)
    directory.add(state)
    unled.push([state, told])
    const inner = entriesOf(told.states).map(([name, value]) => [name, enter(isJson(value) ? value : {}, name, state)])
    state.states = Object.fromEntries(inner)
    return state
  }
  const id = typeof config.id === 'string' && config.id !== '' ? config.id : '(machine)'
  const root = enter(config, id, undefined)
  for (const [state, told] of unled) lead(directory, state, told)
  return { id, root }
}
