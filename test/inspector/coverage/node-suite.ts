/**
 * A suite for `node --test` that knows nothing of being counted.
 *
 * @module
 */
import { test } from 'node:test'
import { createActor } from 'xstate'
import { retrying } from '../session/machines.ts'

test('goes and is lost', () => {
  const actor = createActor(retrying).start()
  for (const type of ['go', 'lost'] as const) actor.send({ type })
  actor.stop()
})
