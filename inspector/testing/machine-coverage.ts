/**
 * Counts what actors do: for test suites, which have many, short-lived ones, and nobody who looks.
 *
 * @module
 */
import type {
  ActorSystem,
  AnyActorRef,
  AnyStateMachine,
  AnyStateNode,
  AnyTransitionDefinition,
  InspectionEvent,
} from 'xstate'
import { definitionOf } from '../attach/definition.ts'
import { beginningOf, type Configuration, configurationOf } from '../chart/taken.ts'
import { type CoverageReport, reportOf } from '../session/coverage-file.ts'
import { eachRoot } from './each-root.ts'
import { MachineCounter, Tally } from './tally.ts'

export interface MachineCoverage {
  /** For `createActor(machine, { inspect })`, or `actor.system.inspect`: counts an actor and its whole system. */
  readonly inspect: (inspected: InspectionEvent) => void
  /** Counts every actor that is created from now on with this copy of XState; the returned function ends that. */
  everything(): () => void
  /** What was counted so far. */
  report(): CoverageReport
  /** The same; counting begins anew. */
  take(): CoverageReport
}

interface Microstep {
  readonly type: string
  readonly enabled: readonly AnyTransitionDefinition[]
  readonly snapshot: unknown
  readonly after: Configuration
}

interface Running {
  readonly state: 'running'
  readonly counter: MachineCounter
  at: Configuration
  /** After the newest microstep; `null` where none was heard. */
  snapshot: unknown
  /** `stepping` until nothing more is taken without another event. */
  pace: 'stepping' | 'resting'
}

/** One actor of a machine. Those that are made and never started count for nothing. */
type Watched =
  | { readonly state: 'made'; readonly steps: Microstep[] }
  | Running
  /** No machine, or one too odd to be told of. */
  | { readonly state: 'ignored' }

const ignored: Watched = { state: 'ignored' }

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function machineOf(actor: object): AnyStateMachine | null {
  const logic: unknown = Reflect.get(actor, 'logic')
  return isObject(logic) && 'root' in logic && 'config' in logic && isObject(logic.config)
    ? (logic as AnyStateMachine)
    : null
}

function enabledIn(microstep: object): readonly AnyTransitionDefinition[] | null {
  const transitions: unknown = Reflect.get(microstep, '_transitions')
  return Array.isArray(transitions) ? (transitions as readonly AnyTransitionDefinition[]) : null
}

class Counting implements MachineCoverage {
  readonly #tallies = new Map<string, Tally>()
  readonly #counters = new WeakMap<AnyStateNode, MachineCounter>()
  readonly #watched = new WeakMap<object, Watched>()
  readonly #systems = new WeakSet<object>()
  /** One observer may be told twice of the same: given to an actor and to everything. */
  #last: InspectionEvent | null = null

  readonly inspect = (inspected: InspectionEvent): void => {
    if (inspected === this.#last) return
    this.#last = inspected
    try {
      this.#hear(inspected)
    } catch {
      // A test fails by what it tests, and not because somebody counts.
      this.#watched.set(inspected.actorRef, ignored)
    }
  }

  everything(): () => void {
    return eachRoot(({ system }) => this.#join(system))
  }

  report(): CoverageReport {
    return reportOf([...this.#tallies.values()].map(({ counts }) => counts).filter(({ actors }) => actors > 0))
  }

  take(): CoverageReport {
    const report = this.report()
    for (const tally of this.#tallies.values()) tally.clear()
    return report
  }

  #join(system: ActorSystem<never> | AnyActorRef['system']): void {
    if (this.#systems.has(system)) return
    this.#systems.add(system)
    system.inspect(this.inspect)
  }

  #hear(inspected: InspectionEvent): void {
    const { actorRef, type } = inspected
    // Half of all records, and the microstep says it all.
    if (type === '@xstate.action' || (type === '@xstate.event' && inspected.event.type !== 'xstate.init')) return
    const watched = this.#watched.get(actorRef)
    if (watched === ignored) return
    if (type === '@xstate.microstep') {
      const enabled = enabledIn(inspected)
      const after = configurationOf(inspected.snapshot)
      if (enabled === null || after === null) return
      this.#step(watched ?? this.#meet(actorRef), {
        type: inspected.event.type,
        enabled,
        snapshot: inspected.snapshot,
        after,
      })
    } else if (type === '@xstate.event') {
      this.#begin(actorRef, watched ?? this.#meet(actorRef))
    } else if (type === '@xstate.snapshot' && watched?.state === 'running') {
      const isActive = Reflect.get(inspected.snapshot, 'status') === 'active'
      if (isActive && watched.pace === 'stepping') watched.counter.rest(watched.at.nodes)
      watched.pace = 'resting'
    } else if (watched === undefined) this.#meet(actorRef)
  }

  /** One that runs already is in its states from the beginning, as far as anybody can tell. */
  #meet(actor: InspectionEvent['actorRef']): Watched {
    const counter = this.#counterOf(actor)
    const notStarted = Reflect.get(actor, '_processingStatus') === 0
    const at = notStarted ? null : configurationOf(actor.getSnapshot())
    const watched: Watched =
      counter === null
        ? ignored
        : at === null
          ? { state: 'made', steps: [] }
          : { state: 'running', counter, at, snapshot: actor.getSnapshot(), pace: 'resting' }
    if (watched.state === 'running') watched.counter.begin(watched.at.nodes)
    this.#watched.set(actor, watched)
    return watched
  }

  #counterOf(actor: object): MachineCounter | null {
    const machine = machineOf(actor)
    if (machine === null) return null
    const known = this.#counters.get(machine.root)
    if (known !== undefined) return known
    const definition = definitionOf(machine.config)
    if (definition === null) return null
    const { hash, json } = definition
    const tally = this.#tallies.get(hash) ?? new Tally({ hash, name: machine.id, definition: json })
    this.#tallies.set(hash, tally)
    const counter = new MachineCounter(machine, tally)
    this.#counters.set(machine.root, counter)
    return counter
  }

  #begin(actor: InspectionEvent['actorRef'], watched: Watched): void {
    const counter = this.#counterOf(actor)
    const machine = machineOf(actor)
    const now = configurationOf(actor.getSnapshot())
    if (counter === null || machine === null || now === null || watched.state !== 'made') return
    // XState has looked for transitions without an event before anybody could be told where it began.
    const at = watched.steps.length === 0 ? now : beginningOf(machine.root)
    const running: Running = { state: 'running', counter, at, snapshot: null, pace: 'stepping' }
    this.#watched.set(actor, running)
    counter.begin(at.nodes)
    for (const step of watched.steps) this.#step(running, step)
    running.at = now
    running.snapshot = actor.getSnapshot()
  }

  #step(watched: Watched, step: Microstep): void {
    if (watched.state === 'made') watched.steps.push(step)
    if (watched.state !== 'running') return
    const { type, enabled, after, snapshot } = step
    if (type === 'xstate.stop') return
    const isEventless = enabled[0]?.eventType === ''
    // Before it takes an event of its own a machine has looked for transitions without one, and found none.
    if (watched.pace === 'stepping' && !isEventless) watched.counter.rest(watched.at.nodes)
    watched.counter.step(type, enabled, watched.at, after.nodes)
    // One that changes nothing is not looked for again.
    const isSame = watched.snapshot === null ? enabled.every(({ target }) => !target) : watched.snapshot === snapshot
    watched.pace = isEventless && isSame ? 'resting' : 'stepping'
    watched.at = after
    watched.snapshot = snapshot
  }
}

/**
 * Counts states, transitions and refusals of guards.
 *
 * @example
 * const coverage = machineCoverage()
 * const chat = createActor(machine, { inspect: coverage.inspect }).start()
 * console.log(coverageText(coverage.report()))
 */
export function machineCoverage(): MachineCoverage {
  return new Counting()
}
