/**
 * What counting costs a test suite per event: `node test/bench/coverage.ts`.
 * A flat machine, and one with two regions, guards and an `always`. Each way is measured in rounds that take turns, because the
 * machine has fast and slow minutes: CPU time of this process, medians.
 *
 * @module
 */
import { type AnyStateMachine, assign, createActor, createMachine, type InspectionEvent } from 'xstate'
import { machineCoverage } from '../../inspector/testing/machine-coverage.ts'
import { median } from './statistics.ts'

const events = 20_000
const rounds = 15

const flat = createMachine({
  id: 'flat',
  initial: 'off',
  states: { off: { on: { flip: 'on' } }, on: { on: { flip: 'off' } } },
})

const regions = createMachine({
  id: 'regions',
  type: 'parallel',
  context: { turns: 0 },
  states: {
    link: {
      initial: 'down',
      states: {
        down: {
          on: {
            flip: [
              { guard: ({ context }) => context.turns < 0, target: 'lost' },
              { target: 'up', actions: assign({ turns: ({ context }) => context.turns + 1 }) },
            ],
          },
        },
        up: { always: { guard: ({ context }) => context.turns < 0, target: 'lost' }, on: { flip: 'down' } },
        lost: {},
      },
    },
    health: { initial: 'good', states: { good: { on: { flip: 'bad' } }, bad: { on: { flip: 'good' } } } },
  },
})

const observers: Readonly<Record<string, () => ((inspected: InspectionEvent) => void) | null>> = {
  'nobody listens': () => null,
  'an observer that does nothing': () => () => {},
  counted: () => machineCoverage().inspect,
}

function measure(machine: AnyStateMachine, observer: ((inspected: InspectionEvent) => void) | null): number {
  const actor = createActor(machine, observer === null ? {} : { inspect: observer }).start()
  const before = process.cpuUsage()
  for (let count = 0; count < events; count++) actor.send({ type: 'flip' })
  const { system, user } = process.cpuUsage(before)
  actor.stop()
  return (system + user) / events
}

console.log('| | CPU µs per event | more than without |')
console.log('| --- | ---: | ---: |')
for (const machine of [flat, regions]) {
  const costs = new Map<string, number[]>(Object.keys(observers).map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const [name, observer] of Object.entries(observers)) {
      const cost = measure(machine, observer())
      // The first rounds measure the compiler.
      if (round >= 3) costs.get(name)?.push(cost)
    }
  }
  const bare = median(costs.get('nobody listens') ?? [])
  for (const [name, all] of costs) {
    console.log(`| ${machine.id}: ${name} | ${median(all).toFixed(2)} | ${(median(all) - bare).toFixed(2)} |`)
  }
}
console.log(`\nMedians of ${rounds - 3} rounds of ${events} events. Aim: 2 µs.`)
