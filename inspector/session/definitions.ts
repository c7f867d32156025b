/**
 * The machines that apps have told of. A configuration is read field by field, counted first, and never started.
 *
 * @module
 */
import type { Machine } from '../chart/machine.ts'
import { everyState } from '../chart/model.ts'
import { bounds } from '../protocol/bounds.ts'
import { isJson, type Json } from './reading.ts'
import { entriesOf, listOf, toldMachine } from './told-machine.ts'

/** More than is drawn: larger machines than `bounds.drawnStates` are still shown as text. */
const mostStates = 1_000
const deepestState = 64
const mostTransitions = 10_000
/** All definitions of one app together, in characters. */
const mostText = 8_388_608

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

type Paths = ReadonlyMap<string, readonly string[]>

function machineFrom(json: string): Machine | null {
  try {
    const config: unknown = JSON.parse(json)
    return isJson(config) && !isTooLarge(config) ? toldMachine(config) : null
  } catch {
    return null
  }
}

/** Of one app, by hash. */
export class Definitions {
  readonly #texts = new Map<string, string>()
  readonly #machines = new Map<string, Machine | null>()
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
  machine(hash: string): Machine | null {
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
    const paths: Paths = new Map(everyState(machine.root).map(({ id, path }) => [id, path]))
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
