/**
 * The tests of one transport: every walk of every set-up, and what of the chart they took together.
 *
 * @module
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { respond, type ScriptedServer, scriptedServer } from '../../src/testing/server.ts'
import { setups } from './setups.ts'
import { recorder, transitionsOfTheChart } from './taken.ts'
import type { Transport } from './transports.ts'
import { walksOf } from './walks.ts'
import { takeWalk } from './world.ts'

/**
 * Taken elsewhere: the data plane takes `send` before the chart does (test/rules/sending.test.ts), a link that throws while it
 * starts is a broken transport (src/connection/actors.test.ts), and no timer here comes late (test/simulation/overslept.test.ts).
 */
const elsewhere = /: send → itself$|error\.actor\.link|\[overslept\]/

/** Declares them. */
export function testEdgeCover(transport: Transport): void {
  const { inspect, taken } = recorder()

  for (const [name, setup] of Object.entries(setups)) {
    describe(name, () => {
      // One for each set-up: a server remembers all its exchanges.
      let server: ScriptedServer
      beforeAll(async () => {
        server = await scriptedServer()
        server.always(({ method }) => method === 'POST', respond({ status: 204 }))
      })
      afterAll(() => server.close())

      for (const path of walksOf(setup, transport.traits)) {
        test(path.name, () => takeWalk(path, { transport, setup, server, inspect }))
      }
    })
  }

  // Runs after the walks, and only together with them.
  test('the walks have taken every transition of the chart, but for those that this transport cannot bring about', () => {
    const missing = transitionsOfTheChart().filter((one) => !taken.has(one) && !elsewhere.test(one))
    expect(missing).toEqual(transport.cannot)
  })
}
