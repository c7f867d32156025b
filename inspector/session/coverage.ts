/**
 * Which states were entered and which transitions taken, by all actors of a machine together: what nobody has tried yet shows.
 *
 * @module
 */
import { labelOf, spokenLabel, transitionKey, transitionsOf } from '../chart/labels.ts'
import type { Machine, MachineTransition } from '../chart/machine.ts'
import { everyState } from '../chart/model.ts'
import { INSPECTOR_PROTOCOL } from '../protocol/messages.ts'
import type { CoverageReport, MachineCounts } from './coverage-file.ts'
import { ledgerOf, Tally } from './coverage-ledger.ts'
import { Definitions } from './definitions.ts'
import { isRefused, openRecording, type Recording } from './recording.ts'
import type { Session } from './session.ts'

/** Where to look. */
export interface Seen {
  readonly session: Session
  /** Default: everything but what came out of files, also what the session no longer keeps. */
  readonly app?: string | undefined
}

export interface TransitionSeen {
  /** As in `transitionKey` of the chart. */
  readonly key: string
  /** `waiting · after backoff, if admitted → dialing` */
  readonly words: string
  readonly taken: number
  /** How often its guard has said no, where that was counted. */
  readonly refused: number
  readonly guarded: boolean
}

export interface Coverage {
  /** In the order of the document, the root left out. */
  readonly states: readonly { readonly id: string; readonly seen: number }[]
  readonly transitions: readonly TransitionSeen[]
  /** The ids of states that were never entered. */
  readonly neverEntered: readonly string[]
  /** The keys of transitions that were never taken. */
  readonly neverTaken: readonly string[]
  /** By transition key, from 0, never, to 1, the most often; between them by orders of magnitude. */
  readonly heat: ReadonlyMap<string, number>
  /** Of states and transitions, from 0 to 1. */
  readonly share: number
}

function wordsOf(transition: MachineTransition): string {
  const { source, target = [] } = transition
  const words = spokenLabel(labelOf(transition, null))
  const place = source.path.join('.') || source.key
  const targets = target.map(({ key, path }) => path.join('.') || key)
  return `${place} · ${words}${targets.length === 0 ? '' : ` → ${targets.join(', ')}`}`
}

function coverageOf(machine: Machine, { entered, taken, refused }: Tally): Coverage {
  const every = everyState(machine.root)
  const nodes = every.slice(1).filter(({ type }) => type !== 'history')
  const states = nodes.map(({ id, path }) => ({ id, seen: entered.get(path.join('.')) ?? 0 }))
  const transitions = every.flatMap(transitionsOf).map((transition) => {
    const key = transitionKey(transition)
    return {
      key,
      words: wordsOf(transition),
      taken: taken.get(key) ?? 0,
      refused: refused.get(key) ?? 0,
      guarded: transition.guard !== undefined,
    }
  })
  const most = transitions.reduce((times, transition) => Math.max(times, transition.taken), 1)
  const warmth = (times: number): number => Math.log1p(times) / Math.log1p(most)
  const neverEntered = states.filter(({ seen }) => seen === 0).map(({ id }) => id)
  const neverTaken = transitions.filter((transition) => transition.taken === 0).map(({ key }) => key)
  const all = states.length + transitions.length
  return {
    states,
    transitions,
    neverEntered,
    neverTaken,
    heat: new Map(transitions.map((transition) => [transition.key, warmth(transition.taken)])),
    share: all === 0 ? 1 : 1 - (neverEntered.length + neverTaken.length) / all,
  }
}

/** A file counts by the ids of states, which only the machine can tell from paths. */
function tallied(machine: Machine, { states, transitions, refused }: MachineCounts): Tally {
  const tally = new Tally()
  const byId = new Map(Object.entries(states))
  for (const { id, path } of everyState(machine.root)) tally.enter(path.join('.'), byId.get(id) ?? 0)
  for (const [key, times] of Object.entries(transitions)) tally.take(key, times)
  for (const [key, times] of Object.entries(refused)) tally.refuse(key, times)
  return tally
}

/**
 * What was seen of one machine, by all its actors, the living and the gone. States that were passed through within a step are seen
 * by test suites only. A session is counted from the first time on that it is asked about.
 *
 * @returns `null` where none of the sessions knows the machine.
 * @example
 * const covered = coverage([{ session }], actor.definition)
 * console.log(covered?.neverTaken)
 */
export function coverage(seen: readonly Seen[], hash: string): Coverage | null {
  const total = new Tally()
  let machine: Machine | null = null
  for (const { session, app } of seen) {
    const apps = session.apps.filter(({ key, state }) => (app === undefined ? state !== 'recorded' : key === app))
    for (const { key } of apps) machine ??= session.machine(key, hash)
    const ledger = ledgerOf(session)
    for (const tally of ledger.tallies(app, hash)) total.add(tally)
    if (machine !== null) for (const counts of ledger.files(app, hash)) total.add(tallied(machine, counts))
  }
  return machine === null ? null : coverageOf(machine, total)
}

/** Where to look for what is selected: a file stands for itself, apps count together. */
export function seenAround(session: Session, app: string): readonly Seen[] {
  const isFile = session.apps.some(({ key, state }) => key === app && state === 'recorded')
  return [isFile ? { session, app } : { session }]
}

/** One machine of a report. */
export interface MachineSeen {
  readonly name: string
  readonly actors: number
  /** `null` for a definition that cannot be read. */
  readonly coverage: Coverage | null
}

/** The same of a report, machine by machine. */
export function coverageOfReport({ machines }: CoverageReport): readonly MachineSeen[] {
  return machines.map((counts) => {
    const definitions = new Definitions()
    definitions.add(counts.hash, counts.definition)
    const machine = definitions.machine(counts.hash)
    const { actors, name } = counts
    return { name, actors, coverage: machine && coverageOf(machine, tallied(machine, counts)) }
  })
}

/** A report as a recording of actors that stand still. */
function standing({ machines }: CoverageReport, app: string): Recording {
  const definitions = machines.map(({ definition, hash }) => ({ kind: 'definition', hash, json: definition }))
  const actors = machines.map(({ actors: count, hash, name }, index) => ({
    kind: 'actor',
    t: 0,
    actor: `machine ${index + 1}`,
    parent: null,
    name: `${name} ×${count}`,
    logic: 'machine',
    definition: hash,
    status: 'active',
    value: null,
    tags: [],
    waits: [],
  }))
  const recording = openRecording(
    JSON.stringify({
      format: 'statewire recording',
      version: 1,
      protocol: INSPECTOR_PROTOCOL,
      app,
      messages: [...definitions, ...actors],
    }),
  )
  if (isRefused(recording)) throw new Error(recording.refused)
  return recording
}

/**
 * Shows a report among the apps of a session, each of its machines as an actor that does nothing.
 *
 * @param name of the file.
 * @returns the key under which it stands.
 */
export function showCoverage(session: Session, report: CoverageReport, name: string): string {
  const key = session.open(standing(report, name))
  ledgerOf(session).file(key, report.machines)
  return key
}
