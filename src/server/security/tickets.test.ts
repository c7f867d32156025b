import { expect, test } from 'vitest'
import { manualClock } from '../testing/manual-clock.ts'
import { handshake, outcome, startGate } from './testing/gate-rig.ts'
import { Tickets } from './tickets.ts'

test('10,000 tickets wait at most, and those that have expired make room', async () => {
  const { gate } = startGate()
  const clock = manualClock()
  const tickets = new Tickets(clock)
  const issue = (number: number) => {
    const peer = `198.51.${Math.floor(number / 250)}.${number % 250}`
    return tickets.issue(gate.stranger(handshake({}, { peer })), null)
  }
  for (let number = 0; number < 5_000; number++) issue(number)
  clock.advance(15_000)
  for (let number = 5_000; number < 10_000; number++) issue(number)
  expect(await outcome(() => issue(10_000))).toBe('429 tickets')
  clock.advance(15_000)
  expect(await outcome(() => issue(10_000))).toBe('let in')
  expect(tickets.size).toBe(5_001)
  clock.advance(30_000)
  issue(1)
  expect(tickets.size).toBe(1)
})
