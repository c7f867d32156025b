import { setImmediate as turn } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { InspectionEvent } from 'xstate'
import { connectionMachine, stateOf } from '../../machines/connection.ts'
import type { ConnectionInput } from '../../src/connection/settings.ts'
import { edgeCover, keyOf, type ModelEvent, stepName, type Walk } from './traversal.ts'
import { type ModelServer, openServer, openWorld, type World } from './world.ts'

/**
 * Three ways to set the chart up, so that every guard is seen from both sides. Time is simulated, and one turn of it fires
 * everything that is due: what is not driven under a set-up lies far beyond what its walks add up to.
 */
const setups: {
  readonly name: string
  readonly input: ConnectionInput
  readonly drives: (event: ModelEvent) => boolean
}[] = [
  {
    name: 'watched, with a renewable credential and two retries',
    input: {
      maxAttempts: 2,
      heartbeatInterval: 1_000,
      stableAfter: 1_000_000,
      connectTimeout: 50_000,
      authorize: async () => {},
    },
    drives: ({ type }) => !type.includes('stableAfter') && type !== 'xstate.error.actor.link',
  },
  {
    name: 'lazy, unwatched, with a fixed credential',
    input: { lazy: true, maxAttempts: 1, stableAfter: 1_000_000 },
    drives: ({ type }) => !type.includes('heartbeat') && type !== 'xstate.error.actor.link' && type !== 'page.wake',
  },
  {
    name: 'without a second try',
    input: { maxAttempts: 0, stableAfter: 1_000_000 },
    drives: ({ type }) => !type.includes('heartbeat') && type !== 'xstate.error.actor.link' && type !== 'page.wake',
  },
]

/** `source: event → target` of every transition the chart has, and of every one that a walk took. */
const taken = new Set<string>()

function record(event: InspectionEvent): void {
  if (event.type !== '@xstate.microstep') return
  for (const transition of event._transitions) taken.add(describeTransition(transition))
}

interface Transition {
  readonly source: { readonly id: string }
  readonly eventType: string
  readonly target?: readonly { readonly id: string }[] | undefined
  readonly guard?: unknown
}

function describeTransition({ eventType, guard, source, target }: Transition): string {
  return `${source.id}: ${eventType}${guard === undefined ? '' : ` [${String(guard)}]`} → ${target?.map(({ id }) => id).join() ?? 'itself'}`
}

type Node = Pick<typeof connectionMachine.root, 'states' | 'transitions' | 'always'>

function descendants(node: Node): Node[] {
  return Object.values(node.states as Record<string, Node>).flatMap((child) => [child, ...descendants(child)])
}

/** Both ends agree: the chart is where the model is, and the server sees the sockets that this state has. */
async function agree(world: World, server: ModelServer, step: Walk[number]): Promise<void> {
  const state = stateOf(step.state)
  const dialling = state === 'connecting' || step.state.matches({ reconnecting: 'dialing' })
  const wanted = { key: keyOf(step.state), open: state === 'connected' ? 1 : 0, pending: dialling ? 1 : 0 }
  const seen = () => ({ key: keyOf(world.snapshot()), open: server.open().length, pending: server.pending.size })
  for (let turns = 0; turns < 5_000 && JSON.stringify(seen()) !== JSON.stringify(wanted); turns++) await turn()
  expect(seen(), stepName(step.event)).toEqual(wanted)
  // The link's first read begins some microtasks after `connected`.
  await turn()
}

let server: ModelServer
beforeAll(async () => {
  server = await openServer()
})
afterAll(() => server.close())

for (const { drives, input, name } of setups) {
  describe(name, () => {
    for (const walk of edgeCover(input, drives)) {
      test(walk.map(({ event }) => stepName(event)).join(' → '), async () => {
        const world = openWorld(server, input, record)
        try {
          for (const step of walk) {
            await world.drive(step.event)
            await agree(world, server, step)
          }
        } finally {
          world.stop()
        }
        while (server.open().length + server.pending.size > 0) await turn()
      })
    }
  })
}

// Runs after the walks, and only together with them.
test('the walks have taken every transition of the chart', () => {
  const nodes = [connectionMachine.root, ...descendants(connectionMachine.root)]
  const all = nodes.flatMap((node) => [...node.transitions.values()].flat()).map(describeTransition)
  const always = nodes.flatMap((node) => node.always ?? []).map(describeTransition)
  // The data plane takes `send` before the chart does (rule 7); a link that throws while it starts is in actors.test.ts.
  const elsewhere = /: send → itself|error\.actor\.link/
  const missing = [...all, ...always].filter((transition) => !taken.has(transition) && !elsewhere.test(transition))
  expect(missing).toEqual([])
  expect(all.length).toBeGreaterThan(50)
})
