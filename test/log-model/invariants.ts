/**
 * What holds at every moment, and what holds when everybody has everything.
 *
 * @module
 */
import assert from 'node:assert/strict'
import type { Reader, Sent } from './reader.ts'
import type { Truth } from './truth.ts'
import type { World } from './world.ts'

export function checkAlways({ origin, readers, truth }: World): void {
  const complaints = readers.flatMap(({ complaints, name, view }) => [
    ...complaints,
    ...view.complaints.map((complaint) => `${name}: ${complaint}`),
  ])
  assert.deepEqual(complaints, [], 'the log explains all that a reader is told')
  assert.deepEqual(truth.complaints, [], 'what stands in the log stays')
  assert.deepEqual(origin.reports, [], 'the server has nothing to report')
  for (const reader of readers) checkSent(reader, truth)
}

/** Everything that was sent stands in the log once and in order, as far as its `send()` has promised. */
function checkSent({ name, sends }: Reader, truth: Truth): void {
  for (const { records } of truth.lives) {
    const numbers = records.filter((id) => id.startsWith(name)).map((id) => Number(id.slice(name.length)))
    const ordered = [...new Set(numbers)].sort((one, other) => one - other)
    assert.deepEqual(numbers, ordered, `what ${name} sent stands there once and in order`)
  }
  for (const sent of sends) {
    const times = truth.places(sent.id).length
    const allowed = timesOf(sent, truth)
    assert.ok(allowed.includes(times), `${sent.id} (${sent.outcome}) stands ${times} times in the log`)
  }
}

/** How often a record may stand in the log, in all its lives together. */
function timesOf({ outcome }: Sent, { deletions }: Truth): readonly number[] {
  // A server that has deleted a stream has forgotten who had written what.
  const again = Array.from({ length: deletions }, (_, index) => index + 2)
  switch (outcome) {
    case 'sent':
      return [1, ...again]
    case null:
    case 'send_unconfirmed':
      return [0, 1, ...again]
    case 'aborted':
      return [0]
    // The stream was away just then.
    case 'send_refused':
    case 'send_failed':
      return deletions > 0 ? [0] : []
    default:
      return []
  }
}

/** When everybody has everything: they stand where they say. */
export function checkSettled(world: World): void {
  checkAlways(world)
  for (const { flow, name, place, view } of world.readers)
    if (flow === 'flowing' && place !== null) {
      view.standsAt(place)
      assert.deepEqual(view.complaints, [], `${name} stands where it says`)
    }
}
