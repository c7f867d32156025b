import { expect, test } from 'vitest'
import { createActor, createMachine, SimulatedClock } from 'xstate'
import { machineCoverage } from '../../../inspector/testing/machine-coverage.ts'
import { seeded } from '../../simulation/herd.ts'
import { type Inspected, inspected } from '../attach/inspected.ts'
import { randomMachine, sent } from './random-machine.ts'

/** `COVERAGE_SEED=7 vitest run …` walks the same walks again. */
const seed = Number(process.env.COVERAGE_SEED ?? Date.now() % 2 ** 31)
const machines = 20
const events = 15

console.log(`${machines} random machines, seed ${seed}`)

function toldOf({ of }: Inspected): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const key of of('step').flatMap(({ taken }) => taken ?? [])) counts[key] = (counts[key] ?? 0) + 1
  return counts
}

const region = (on: object) => ({ initial: 'here', states: { here: { on }, there: {} } })
const torn = createMachine({
  id: 'torn',
  type: 'parallel',
  states: {
    one: region({ leave: '#torn.two.there' }),
    two: region({ leave: 'there', stay: {} }),
    three: region({ leave: '#torn.one.there', stay: 'there' }),
  },
})

test('of transitions that would leave the same states the inspector is told of the one that is taken', () => {
  const actor = createActor(torn).start()
  const told = inspected(actor)
  actor.send({ type: 'leave' })
  expect(told.last('step')).toMatchObject({ taken: ['torn.one.here leave 0'] })
  actor.send({ type: 'stay' })
  expect(told.last('step').taken).toEqual(['torn.three.here stay 0'])
})

test('a child that has gone on by itself before it could be met is told as it went', () => {
  const took: string[] = []
  const always = (key: string, target: string): object => ({ always: { target, actions: () => void took.push(key) } })
  const both = createMachine({
    id: 'both',
    type: 'parallel',
    states: {
      one: { initial: 'here', states: { here: always('both.one.here  0', '#both.two.there'), there: {} } },
      two: { initial: 'here', states: { here: always('both.two.here  0', 'there'), there: {} } },
    },
  })
  const parent = createMachine({
    initial: 'alone',
    states: { alone: { on: { go: 'together' } }, together: { invoke: { src: both } } },
  })
  const actor = createActor(parent).start()
  const told = inspected(actor)
  actor.send({ type: 'go' })
  const keys = told.of('step').flatMap(({ taken }) => taken ?? [])
  expect(new Set(took)).toEqual(new Set(['both.one.here  0']))
  expect(keys.filter((key) => key.startsWith('both'))).toEqual(took)
})

test('what the inspector is told is what is counted, over random walks of random machines', () => {
  let taken = 0
  for (let round = 0; round < machines; round++) {
    const random = seeded(seed + round)
    const { machine, delayed } = randomMachine(random, (key, n) => (key.length + n) % 3 !== 0)
    const types = [...sent, ...delayed]
    const coverage = machineCoverage()
    const actor = createActor(machine, { clock: new SimulatedClock() })
    actor.subscribe({ error: () => {} })
    actor.start()
    if (actor.getSnapshot().status !== 'active') continue
    actor.system.inspect(coverage.inspect)
    const told = inspected(actor)
    for (let n = 1; n <= events && actor.getSnapshot().status === 'active'; n++) {
      actor.send({ type: types[Math.floor(random() * types.length)] ?? 'a', n })
    }
    if (actor.getSnapshot().status === 'error') continue
    const counted = coverage.report().machines[0]?.transitions ?? {}
    expect(toldOf(told), `seed ${seed} + ${round}`).toEqual(counted)
    taken += Object.keys(counted).length
  }
  expect(taken).toBeGreaterThan(machines)
})
