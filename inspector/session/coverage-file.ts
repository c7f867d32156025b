/**
 * What test suites have seen of machines, as a file: counts by definition, so that those of many processes can be added up.
 *
 * @module
 */
import { bounds } from '../protocol/bounds.ts'
import { isCount, isJson, isName } from './reading.ts'
import type { Refused } from './recording.ts'

/** Says what kind of file it is to whoever opens one. */
const format = 'statewire coverage'
const version = 1

/** Of one file. */
const mostMachines = 1_000

/** By the id of a state or the key of a transition (`transitionKey` of the chart). What is 0 is left out. */
export type Counts = Readonly<Record<string, number>>

/** What was seen of one machine, by all its actors. */
export interface MachineCounts {
  /** Of the definition: the same machine in another process has the same one. */
  readonly hash: string
  /** The machine's id. */
  readonly name: string
  /** Its configuration as JSON text, functions by their names. */
  readonly definition: string
  /** How many actors have begun. */
  readonly actors: number
  /** How often a state was entered, also when it was left again at once. */
  readonly states: Counts
  /** How often a transition was taken. */
  readonly transitions: Counts
  /** How often the guard of a transition has said no. */
  readonly refused: Counts
}

export interface CoverageReport {
  readonly format: typeof format
  readonly version: typeof version
  readonly machines: readonly MachineCounts[]
}

export function reportOf(machines: readonly MachineCounts[]): CoverageReport {
  return { format, version, machines }
}

function sum(all: readonly Counts[]): Counts {
  const total = new Map<string, number>()
  for (const counts of all) {
    for (const [key, count] of Object.entries(counts)) total.set(key, (total.get(key) ?? 0) + count)
  }
  return Object.fromEntries(total)
}

/**
 * Adds reports up: of several processes, or of several runs.
 *
 * @example
 * const all = mergeCoverage(unit, integration)
 */
export function mergeCoverage(...reports: readonly CoverageReport[]): CoverageReport {
  const byHash = new Map<string, MachineCounts[]>()
  for (const counts of reports.flatMap(({ machines }) => machines)) {
    const known = byHash.get(counts.hash)
    if (known === undefined) byHash.set(counts.hash, [counts])
    else known.push(counts)
  }
  const merged = [...byHash.values()].flatMap((all) => {
    const [first] = all
    if (first === undefined) return []
    const actors = all.reduce((count, machine) => count + machine.actors, 0)
    const [states, transitions, refused] = (['states', 'transitions', 'refused'] as const).map((kind) =>
      sum(all.map((machine) => machine[kind])),
    )
    return [{ ...first, actors, states: states ?? {}, transitions: transitions ?? {}, refused: refused ?? {} }]
  })
  return reportOf(merged)
}

function countsOf(value: unknown): Counts {
  const entries = isJson(value) ? Object.entries(value) : []
  return Object.fromEntries(entries.filter((entry): entry is [string, number] => isCount(entry[1]) && isName(entry[0])))
}

function machineOf(value: unknown): readonly MachineCounts[] {
  if (!isJson(value)) return []
  const { hash, name, definition, actors } = value
  if (!isName(hash) || !isName(name) || typeof definition !== 'string') return []
  if (definition.length > bounds.definitionBytes) return []
  const [states, transitions, refused] = [value.states, value.transitions, value.refused].map(countsOf)
  const counts = { states: states ?? {}, transitions: transitions ?? {}, refused: refused ?? {} }
  return [{ hash, name, definition, actors: isCount(actors) ? actors : 0, ...counts }]
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * Reads the text of a file that somebody has given us. Machines that are malformed are left out.
 *
 * @example
 * const report = openCoverage(await readFile('statewire-coverage.json', 'utf8'))
 * if (isRefused(report)) complain(report.refused)
 */
export function openCoverage(text: string): CoverageReport | Refused {
  if (text.length > bounds.ringBytes) return { refused: 'This file is too large for a coverage report.' }
  const given = parsed(text)
  if (!isJson(given) || given.format !== format) return { refused: 'This file is not a coverage report of statewire.' }
  if (given.version !== version || !Array.isArray(given.machines)) {
    return { refused: 'This coverage report was made by another version of statewire.' }
  }
  return mergeCoverage(reportOf(given.machines.slice(0, mostMachines).flatMap(machineOf)))
}
