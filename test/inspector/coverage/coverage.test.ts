import { expect, test } from 'vitest'
import { createActor, createMachine, fromPromise, waitFor } from 'xstate'
import { coverage, seenAround, showCoverage } from '../../../inspector/session/coverage.ts'
import { mergeCoverage, openCoverage, reportOf } from '../../../inspector/session/coverage-file.ts'
import { createSession } from '../../../inspector/session/session.ts'
import { coverageBadge } from '../../../inspector/testing/coverage-badge.ts'
import { coverageText } from '../../../inspector/testing/coverage-text.ts'
import { machineCoverage } from '../../../inspector/testing/machine-coverage.ts'
import { retrying } from '../session/machines.ts'
import { app, hello, telling } from '../session/telling.ts'

const asking = createMachine({
  id: 'asking',
  initial: 'asked',
  on: { never: undefined, '*': { actions: () => {} } },
  states: {
    asked: {
      invoke: { id: 'ask', src: fromPromise(async ({ input }) => input), onDone: 'answered', onError: 'refused' },
      on: { forbidden: undefined },
    },
    answered: { always: { guard: () => false, target: 'refused' } },
    refused: { type: 'final' },
  },
})

test('what an invoked actor brings about, wildcards and forbidden events are counted', async () => {
  const counted = machineCoverage()
  const actor = createActor(asking, { inspect: counted.inspect }).start()
  actor.send({ type: 'forbidden' })
  actor.send({ type: 'whatever' })
  await waitFor(actor, ({ value }) => value === 'answered')
  const [machine, ...others] = counted.report().machines
  expect(others).toEqual([])
  expect(machine).toMatchObject({ name: 'asking', actors: 1, states: { 'asking.asked': 1, 'asking.answered': 1 } })
  expect(machine?.transitions).toEqual({
    'asking.asked forbidden 0': 1,
    'asking * 0': 1,
    'asking.asked xstate.done.actor.ask 0': 1,
  })
  expect(machine?.refused).toEqual({ 'asking.answered  0': 1 })
  actor.stop()
})

test('everything that is created is counted once, what is never started not at all', () => {
  const counted = machineCoverage()
  const stop = counted.everything()
  createActor(retrying)
  const actor = createActor(retrying, { inspect: counted.inspect }).start()
  actor.send({ type: 'go' })
  expect(counted.take().machines).toMatchObject([{ actors: 1, transitions: { 'retrying.idle go 0': 1 } }])
  expect(counted.report().machines).toEqual([])
  stop()
  createActor(retrying).start().stop()
  expect(counted.report().machines).toEqual([])
  actor.stop()
})

test('an actor that runs already is counted from then on', () => {
  const counted = machineCoverage()
  const actor = createActor(retrying).start()
  actor.send({ type: 'go' })
  actor.system.inspect(counted.inspect)
  actor.send({ type: 'lost' })
  expect(counted.report().machines).toMatchObject([
    { states: { 'retrying.trying': 1, 'retrying.waiting': 1 }, transitions: { 'retrying.trying lost 0': 1 } },
  ])
  actor.stop()
})

function walked(...events: readonly ('go' | 'lost' | 'stop')[]) {
  const counted = machineCoverage()
  const actor = createActor(retrying, { inspect: counted.inspect }).start()
  for (const type of events) actor.send({ type })
  actor.stop()
  return counted.report()
}

test('a report is shown among the apps, alone, with the counts of all its processes', () => {
  const report = mergeCoverage(walked('go', 'lost'), walked('go', 'go', 'stop'))
  const read = openCoverage(JSON.stringify(report))
  expect(read).toEqual(report)
  const session = createSession()
  const live = telling(retrying)
  live.actor.send({ type: 'go' })
  session.apply({ app, messages: live.messages })
  const key = showCoverage(session, report, 'run.json')
  const [shown] = session.actors(key, null)
  expect(shown).toMatchObject({ name: 'retrying ×2', logic: 'machine', value: null })
  const covered = coverage(seenAround(session, key), shown?.definition ?? '')
  expect(covered?.transitions.find((transition) => transition.key === 'retrying.idle go 0')?.taken).toBe(2)
  expect(covered?.neverTaken).toContain('retrying.waiting retry 0')
  expect(covered?.neverEntered).toEqual(['retrying.online.flow.paused'])
  // What a file has counted is none of the apps' doing.
  expect(coverage([{ session }], 'd1')?.transitions.find(({ key }) => key === 'retrying.idle go 0')?.taken).toBe(1)
})

test('all actors of a machine count together, of all apps, and of those the session has let go', () => {
  const session = createSession()
  coverage([{ session }], 'd1')
  for (let number = 1; number <= 80; number++) {
    const { actor, messages } = telling(retrying)
    actor.send({ type: 'go' })
    session.apply({ app: `tests#${number}`, messages })
    coverage([{ session }], 'd1')
    session.apply({ app: `tests#${number}`, gone: true })
  }
  expect(session.apps.length).toBeLessThan(80)
  const covered = coverage(seenAround(session, 'tests#80'), 'd1')
  expect(covered?.transitions.find(({ key }) => key === 'retrying.idle go 0')?.taken).toBe(80)
  expect(covered?.states.find(({ id }) => id === 'retrying.idle')?.seen).toBe(80)
})

test('a text names what never was, in words, and guards that gave one answer only', () => {
  const text = coverageText(walked('go', 'lost'))
  expect(text).toContain('retrying: 23 %, 3 of 10 states, 2 of 11 transitions, 1 actor\n')
  expect(text).toContain('  never entered\n    retrying.online\n')
  expect(text).toContain('    waiting · after backoff → trying\n')
  expect(coverageText(reportOf([]))).toBe('No machine was seen.\n')
  const counted = machineCoverage()
  const guarded = createMachine({
    id: 'g\u001b[2J',
    on: { a: { guard: ({ event }) => event.yes }, b: { guard: () => false } },
  })
  const actor = createActor(guarded, { inspect: counted.inspect }).start()
  actor.send({ type: 'a', yes: true })
  actor.send({ type: 'b' })
  actor.send({ type: 'b' })
  const words = coverageText(counted.report())
  expect(words).toContain('(guard said no 2 times)')
  expect(words).toContain('guards that never said no')
  expect(words).not.toContain('\u001b')
})

test('a badge says how many transitions were taken, whatever its label', () => {
  const badge = coverageBadge(walked('go', 'lost'), { label: '<states> & "more"' })
  expect(badge).toContain('18%</text>')
  expect(badge).toContain('&lt;states&gt; &amp; &quot;more&quot;: 18%, 2 of 11')
  expect(badge).not.toMatch(/<states>|<script/)
  expect(coverageBadge(reportOf([]))).toContain('none seen')
})

test('what is no report is refused with a sentence, and what is malformed in one is left out', () => {
  expect(openCoverage('{')).toEqual({ refused: 'This file is not a coverage report of statewire.' })
  expect(openCoverage(JSON.stringify(hello))).toEqual({ refused: 'This file is not a coverage report of statewire.' })
  const head = { format: 'statewire coverage' }
  expect(openCoverage(JSON.stringify({ ...head, version: 9, machines: [] }))).toHaveProperty('refused')
  const report = walked('go')
  const hostile = [null, 1, { hash: 1 }, { ...report.machines[0], states: { 'retrying.idle': -1, constructor: 2 } }]
  const read = openCoverage(JSON.stringify({ ...report, machines: hostile }))
  expect(read).toMatchObject({ machines: [{ name: 'retrying', states: { constructor: 2 } }] })
})
