/**
 * What holds after every command, and what holds when everything is closed.
 *
 * @module
 */
import assert from 'node:assert/strict'
import type { Sent } from './application.ts'
import type { RequestNote } from './gate.ts'
import type { World } from './world.ts'

const MINUTE = 60_000

/** The most requests in any sliding minute. */
function busiestMinute(requests: readonly RequestNote[]): number {
  const times = requests.filter(({ counted }) => counted).map(({ at }) => at)
  let busiest = 0
  let from = 0
  times.forEach((at, index) => {
    while (at - (times[from] ?? at) >= MINUTE) from += 1
    busiest = Math.max(busiest, index - from + 1)
  })
  return busiest
}

/** How often a message may have arrived whose `send()` came to this. */
function arrivalsOf({ outcome }: Sent, confirms: boolean): readonly number[] {
  if (outcome === 'sent') return confirms ? [1] : [0, 1]
  if (outcome === 'send_refused' || outcome === 'outbox_full' || outcome === 'aborted') return [0]
  return [0, 1]
}

const outcomes = ['sent', 'send_refused', 'outbox_full', 'aborted', 'send_unconfirmed', 'send_failed']

export function checkAlways(world: World): void {
  const { application, bornAt, gate, origin, tested } = world
  assert.deepEqual(application.complaints, [], 'every record is handed over once and in order')
  const { expected = [], taken = [] } = application.reader ?? {}
  assert.deepEqual(taken, expected.slice(0, taken.length), 'an iterator hands over what the listeners heard')
  const arrived = new Map<string, number>()
  for (const id of origin.received) arrived.set(id, (arrived.get(id) ?? 0) + 1)
  for (const sent of application.sends) {
    assert.ok(sent.outcome === null || outcomes.includes(sent.outcome), `${sent.id} was settled with ${sent.outcome}`)
    const times = arrived.get(sent.id) ?? 0
    assert.ok(arrivalsOf(sent, tested.confirms).includes(times), `${sent.id} (${sent.outcome}) arrived ${times} times`)
  }
  const numbers = origin.received.map((id) => Number(id.slice(1)))
  assert.deepEqual(
    numbers,
    numbers.toSorted((one, other) => one - other),
    'what is sent arrives in order',
  )
  const own = gate.requests.filter(({ at, who }) => who === 'first' && at >= bornAt)
  assert.ok(busiestMinute(own) <= 30, 'at most 30 requests a minute from one connection')
  assert.ok(busiestMinute(gate.requests) <= 120, 'at most 120 requests a minute from a pool')
}

/** Nothing is left of a connection that is closed, and of its world. */
export function checkLeftovers({ application, clock, gate, platform }: World): void {
  assert.equal(application.unsettled, 0, 'every send is settled')
  assert.equal(application.reader?.asking ?? false, false, 'nobody waits for a message')
  assert.equal(gate.open, 0, 'no socket is open')
  assert.equal(platform.listeners.size, 0, 'nobody listens to the platform')
  assert.equal(clock.pending, 0, 'no timer is set')
}
