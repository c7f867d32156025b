import { expect, test } from 'vitest'
import { bounds } from '../../../inspector/protocol/bounds.ts'
import type { AppMessage } from '../../../inspector/protocol/messages.ts'
import { parseQuery } from '../../../inspector/session/query.ts'
import { createSession } from '../../../inspector/session/session.ts'
import { connectionMachine } from '../../../machines/connection.ts'
import { app, definitionOf, hello } from './telling.ts'

const seconds = 10
const actors = 200

/** Processor time in ms: on a machine that others use too, time on the wall says nothing. */
function costOf(work: () => void): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}

const states: readonly unknown[] = [
  'connecting',
  { connected: { flow: 'flowing', liveness: 'alive' } },
  { connected: { flow: 'flowing', liveness: 'probing' } },
  { reconnecting: 'waiting' },
]

/** One second of it, in the batches that a hub sends. */
function* secondOf(second: number): Generator<AppMessage[]> {
  let batch: AppMessage[] = []
  for (let index = 0; index < bounds.eventsPerSecond; index++) {
    const seq = second * bounds.eventsPerSecond + index
    const t = seq / 10
    const actor = `a${Math.floor(seq / 4) % actors}`
    const turn = Math.floor(seq / 4 / actors)
    const wait = 'xstate.after.backoff.connection.reconnecting.waiting'
    if (seq % 4 === 0) batch.push({ kind: 'event', seq, t, actor, source: null, type: 'link.lost' })
    else if (seq % 4 === 1) batch.push({ kind: 'timer', t, actor, event: wait, delay: 900, since: t })
    else if (seq % 4 === 2) {
      const value = structuredClone(states[turn % states.length])
      batch.push({
        kind: 'step',
        seq,
        t,
        actor,
        because: seq - 2,
        taken: [],
        value,
        tags: ['pending'],
        status: 'active',
      })
    } else {
      const facts = { direction: 'in', what: 'message', bytes: 40, position: `${seq}`, text: 'x'.repeat(40) } as const
      batch.push({ kind: 'frame', seq, t, actor, ...facts })
    }
    if (batch.length === 160) {
      yield batch
      batch = []
    }
  }
  yield batch
}

test('10,000 messages a second leave nearly all of the second to the page, and scrubbing fits into a frame', async () => {
  const session = createSession()
  const definition = { kind: 'definition', hash: 'c', json: definitionOf(connectionMachine) } as const
  const introduced = Array.from({ length: actors }, (_, index) => {
    const standing = { status: 'active', value: 'idle', tags: [], waits: [] } as const
    const identity = {
      actor: `a${index}`,
      name: `chat ${index}`,
      parent: null,
      logic: 'machine',
      definition: 'c',
    } as const
    return { kind: 'actor', t: 0, ...identity, ...standing } as const
  })
  session.apply({ app, messages: [hello, definition, ...introduced] })
  let told = 0
  session.subscribe(() => told++)

  const costs: number[] = []
  for (let second = 0; second < seconds; second++) {
    const batches = [...secondOf(second)]
    costs.push(
      costOf(() => {
        for (const messages of batches) session.apply({ app, messages })
      }),
    )
    await Promise.resolve()
  }
  const perSecond = costs.toSorted((a, b) => a - b)[Math.floor(seconds / 2)] ?? 0
  expect(told).toBe(seconds)
  expect(session.entries(app)).toHaveLength(bounds.ring)

  const { now } = session.apps[0] ?? { now: 0 }
  const [oldest] = session.entries(app)
  const from = oldest?.t ?? 0
  const frames = 240
  const scrub = costOf(() => {
    for (let frame = 0; frame < frames; frame++) {
      const at = from + ((now - from) * frame) / frames
      expect(session.actors(app, at)).toHaveLength(actors)
      session.bands(app, 'a1')
      session.entries(app)
    }
  })
  const { matches } = parseQuery('type:lost actor:chat -"nothing of the kind"')
  const filter = costOf(() =>
    session.entries(app).filter((entry) => matches(entry, { name: (actor) => `chat ${actor}` })),
  )

  const figures = `${perSecond.toFixed(0)} ms of processor time for 10,000 messages, ${(scrub / frames).toFixed(2)} ms to be at another instant with ${actors} actors, ${filter.toFixed(0)} ms to filter ${bounds.ring} entries`
  console.info(figures)
  expect(perSecond, figures).toBeLessThan(300)
  expect(scrub / frames, figures).toBeLessThan(8)
})
