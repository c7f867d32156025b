import { expect, test } from 'vitest'
import { TransportError } from '../errors.ts'
import { readCommand } from './arguments.ts'
import { meantCommand } from './command-names.ts'

function refusal(...argv: string[]): string {
  try {
    readCommand(argv)
  } catch (error) {
    if (error instanceof TransportError) return error.message
  }
  throw new Error('the arguments were accepted')
}

test('without a command all of them are named', () => {
  expect(refusal()).toBe('A command is missing; there are tail, serve, export, inspect and coverage.')
})

test('an unknown command is answered with the one that was meant, and with all there are', () => {
  expect(refusal('inspekt')).toBe(
    'Unknown command; did you mean statewire inspect? There are tail, serve, export, inspect and coverage.',
  )
  expect(refusal('watch')).toBe('Unknown command; there are tail, serve, export, inspect and coverage.')
})

test('an address without a command is one to read', () => {
  expect(refusal('https://h/events')).toBe(
    'Unknown command; did you mean statewire tail? There are tail, serve, export, inspect and coverage.',
  )
})

test.each([
  ['tial', 'tail'],
  ['Tail', 'tail'],
  ['tails', 'tail'],
  ['sever', 'serve'],
  ['server', 'serve'],
  ['xport', 'export'],
  ['exprot', 'export'],
  ['inspector', 'inspect'],
  ['inspect-', 'inspect'],
  ['covrage', 'coverage'],
  ['help', undefined],
  ['t', undefined],
  ['', undefined],
  ['inspect'.repeat(3), undefined],
])('%s is taken for %s', (typed, meant) => {
  expect(meantCommand(typed)).toBe(meant)
})
