import { expect, onTestFinished, test } from 'vitest'
import { Actor, createActor, createMachine } from 'xstate'
import { machineCoverage } from '../../../inspector/testing/machine-coverage.ts'

const hasty = createMachine({
  id: 'hasty',
  initial: 'first',
  states: { first: { always: 'second' }, second: { on: { go: 'third' } }, third: {} },
})

const prototype: object = Actor.prototype

/** As a later XState might be, which has no such method; actors that are made afterwards need it again. */
function without(names: readonly string[], act: () => () => void): void {
  const originals = names.map((name) => [name, Reflect.get(prototype, name)] as const)
  for (const name of names) Reflect.set(prototype, name, undefined)
  const stop = act()
  for (const [name, original] of originals)
    if (Reflect.get(prototype, name) === undefined) Reflect.set(prototype, name, original)
  onTestFinished(stop)
}

function walk(): void {
  createActor(hasty)
  const actor = createActor(hasty).start()
  actor.send({ type: 'go' })
  actor.stop()
}

test('the installed XState lets a root be met before it takes its first transitions', () => {
  const counted = machineCoverage()
  onTestFinished(counted.everything())
  walk()
  expect(counted.report().machines).toMatchObject([
    { actors: 1, transitions: { 'hasty.first  0': 1, 'hasty.second go 0': 1 }, states: { 'hasty.first': 1 } },
  ])
})

test('where it does not, a root is counted from its start on, and once', () => {
  const counted = machineCoverage()
  const start: unknown = Reflect.get(prototype, 'start')
  without(['_initState'], () => counted.everything())
  expect(Reflect.get(prototype, 'start')).not.toBe(start)
  walk()
  const [machine, ...others] = counted.report().machines
  expect(others).toEqual([])
  expect(machine).toMatchObject({ actors: 1, states: { 'hasty.second': 1, 'hasty.third': 1 } })
  expect(machine?.transitions).toEqual({ 'hasty.second go 0': 1 })
})

test('where nothing can be replaced nothing is counted, and nothing breaks', () => {
  const counted = machineCoverage()
  const names = ['_initState', 'start']
  const before = names.map((name) => Reflect.get(prototype, name))
  without(names, () => counted.everything())
  walk()
  expect(counted.report().machines).toEqual([])
  expect(names.map((name) => Reflect.get(prototype, name))).toEqual(before)
})

test('whoever stops hears no more, also where somebody else has begun since', () => {
  const before: unknown = Reflect.get(prototype, '_initState')
  onTestFinished(() => void Reflect.set(prototype, '_initState', before))
  machineCoverage().everything()()
  expect(Reflect.get(prototype, '_initState')).toBe(before)
  const [one, other] = [machineCoverage(), machineCoverage()]
  const [stopOne, stopOther] = [one.everything(), other.everything()]
  stopOne()
  walk()
  expect([one.report().machines.length, other.report().machines.length]).toEqual([0, 1])
  stopOther()
  walk()
  expect(other.report().machines).toMatchObject([{ actors: 1 }])
})
