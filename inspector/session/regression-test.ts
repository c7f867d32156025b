/**
 * A recording as a test: what one machine was told and where that led it, replayed by XState's pure functions.
 *
 * @module
 */
import type { MachineState } from '../chart/machine.ts'
import { factsOf, isConnection } from './explain.ts'
import { type GuardAnswers, GuardOracle } from './guard-answers.ts'
import { transitionsOf } from './infer.ts'
import { isJson } from './reading.ts'
import type { Refused } from './recording.ts'
import type { Session } from './session.ts'
import type { ActorView } from './view.ts'

export interface RegressionTestOptions {
  /** Where the test imports the machine from. Default `./machine.ts`; for a connection, the charts of this library. */
  readonly module?: string | undefined
  /** Under which name it is exported. Default `machine`; for a connection, `connectionMachine`. */
  readonly name?: string | undefined
  /** What the machine is created with, as plain data. Default: nothing; for a connection, an address that nobody calls. */
  readonly input?: unknown
  /** Shown as the name of the test. Default: that recorded events lead to recorded states. */
  readonly title?: string | undefined
}

interface Step {
  readonly event: { readonly type: string }
  /** What the guards answered then, where the transitions taken tell it. */
  readonly guards?: GuardAnswers | undefined
  readonly value: unknown
}

interface Imported {
  readonly module: string
  readonly name: string
  readonly input: unknown
}

/** The chart of our own connections is public, and makes no use of the address by itself. */
const ofConnections: Imported = {
  module: 'statewire/machines',
  name: 'connectionMachine',
  input: { url: 'https://recorded.invalid/' },
}
const ofOthers: Imported = { module: './machine.ts', name: 'machine', input: undefined }

function isIdentifier(name: string): boolean {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)
}

/** What XState sends by itself at either end of a life; the pure functions have no need of it. */
const frame: ReadonlySet<string> = new Set(['xstate.init', 'xstate.stop'])

/** The event with its content, where somebody has asked for that while the app still had it. */
function eventOf(session: Session, app: string, type: string, seq: number): Step['event'] {
  try {
    const content: unknown = JSON.parse(session.payload(app, seq) ?? '')
    return isJson(content) ? { ...content, type } : { type }
  } catch {
    return { type }
  }
}

interface Course {
  readonly first: unknown
  readonly steps: readonly Step[]
}

function courseOf(session: Session, app: string, { id, definition, value: newest }: ActorView): Course {
  const machine = definition === null ? null : session.machine(app, definition)
  const oracle = machine && new GuardOracle(machine)
  const entries = session.entries(app).filter(({ actor }) => actor === id)
  const led = new Map(entries.flatMap((entry) => (entry.kind === 'step' ? [[entry.because, entry] as const] : [])))
  const opening = entries.find((entry) => entry.kind === 'step')
  const first = opening?.kind === 'step' ? session.before(app, opening)?.value : newest
  let value = first
  const steps = entries.flatMap((entry): Step[] => {
    if (entry.kind !== 'event' || frame.has(entry.type)) return []
    const step = led.get(entry.seq)
    const taken = step === undefined ? undefined : transitionsOf(session, app, step)
    const guards = oracle && taken?.inferred === false ? oracle.answers(value, entry.type, taken.keys) : {}
    // An event that nothing came of is a fact too: it must go on to lead nowhere.
    value = step === undefined ? value : step.value
    const answered = Object.keys(guards).length > 0 && { guards }
    return [{ event: eventOf(session, app, entry.type, entry.seq), ...answered, value }]
  })
  return { first, steps }
}

/** The state value a machine begins in, as its chart draws it: `always` and guards are not asked. */
function initialValue(state: MachineState): unknown {
  const within = (inner: MachineState): unknown => initialValue(inner) ?? {}
  if (state.type === 'parallel') {
    return Object.fromEntries(Object.values(state.states).map((region) => [region.key, within(region)]))
  }
  const [first] = state.type === 'compound' ? state.initial.target : []
  if (first === undefined) return undefined
  const child = Object.values(state.states).find(({ path }) => path.every((key, depth) => first.path[depth] === key))
  if (child === undefined) return undefined
  const inner = initialValue(child)
  return inner === undefined ? child.key : { [child.key]: inner }
}

function isFromItsBeginning(session: Session, app: string, { definition }: ActorView, first: unknown): boolean {
  const machine = definition === null ? null : session.machine(app, definition)
  return machine === null || JSON.stringify(initialValue(machine.root)) === JSON.stringify(first)
}

const fromTheBeginning = `  let [snapshot] = initialTransition(replayed, input)
  expect(snapshot.value).toEqual(first)`

const fromTheMiddle = `  // The recording began while the machine was already running.
  const [initial] = initialTransition(replayed, input)
  let snapshot = replayed.resolveState({ value: first, context: initial.context })`

const withoutAnswers = 'const replayed = machine'

/** Guards that are made of others are left as they are: they ask those. */
const withAnswers = `let answers = {}

/** The machine with guards that answer as they did then, wherever the recording tells that. */
const replayed = machine.provide({
  guards: Object.fromEntries(
    Object.entries(machine.implementations.guards)
      .filter(([, guard]) => !('check' in guard))
      .map(([name, guard]) => [name, (given, params) => answers[name] ?? guard(given, params)]),
  ),
})`

function textOf({ first, steps }: Course, { module, name, input }: Imported, title: string, start: string): string {
  const isAnswered = steps.some(({ guards }) => guards !== undefined)
  const lines = steps.map((step) => `  ${JSON.stringify(step)},`)
  const imported = name === 'machine' ? 'machine' : `${name} as machine`
  return `// @ts-nocheck recorded events are plain data
import { expect, test } from 'vitest'
import { initialTransition, transition } from 'xstate'
import { ${imported} } from ${JSON.stringify(module)}

/** What the machine is created with. */
const input = ${JSON.stringify(input) ?? 'undefined'}

/** The state value that the recording begins with. */
const first = ${JSON.stringify(first)}

/** Each event, and the state value it led to. */
const steps = [
${lines.join('\n')}
]

${isAnswered ? withAnswers : withoutAnswers}

test(${JSON.stringify(title)}, () => {
${start}
  for (const [index, { event, value${isAnswered ? ', guards = {}' : ''} }] of steps.entries()) {
${isAnswered ? '    answers = guards\n' : ''}    ;[snapshot] = transition(replayed, snapshot, event)
    expect(snapshot.value, \`after step \${index + 1}, \${event.type}\`).toEqual(value)
  }
})
`
}

/**
 * The text of a test file for vitest. It replays every event that the actor has taken, timers as plain events, and expects
 * the recorded state value after each. Actions are not run. Guards answer as they did wherever the transitions taken tell
 * that; others are asked, with the contents of those events that somebody has asked for.
 *
 * @example
 * const exported = regressionTest(session, app, 'chat-1', { module: './chat-machine.ts', name: 'chatMachine' })
 */
export function regressionTest(
  session: Session,
  app: string,
  actor: string,
  options: RegressionTestOptions = {},
): { readonly text: string } | Refused {
  const facts = factsOf(session, app, actor, null)
  if (facts?.actor.logic !== 'machine') return { refused: 'Only a machine can be replayed.' }
  const usual = isConnection(facts) ? ofConnections : ofOthers
  const { module = usual.module, name = usual.name, input = usual.input } = options
  const { title = 'the recorded events lead to the recorded states' } = options
  if (!isIdentifier(name)) return { refused: `${JSON.stringify(name)} is not the name of an export.` }
  const course = courseOf(session, app, facts.actor)
  if (course.steps.length === 0 || course.first === undefined || course.first === null) {
    return { refused: 'Nothing was recorded of this machine.' }
  }
  const start = isFromItsBeginning(session, app, facts.actor, course.first) ? fromTheBeginning : fromTheMiddle
  return { text: textOf(course, { module, name, input }, title, start) }
}
