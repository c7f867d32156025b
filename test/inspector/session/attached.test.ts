import { expect, test } from 'vitest'
import { createActor, SimulatedClock } from 'xstate'
import { attachInspector, memoryLink } from '../../../inspector/attach/index.ts'
import { coverage } from '../../../inspector/session/coverage.ts'
import { explain } from '../../../inspector/session/explain.ts'
import { transitionsOf } from '../../../inspector/session/infer.ts'
import { isRefused } from '../../../inspector/session/recording.ts'
import { regressionTest } from '../../../inspector/session/regression-test.ts'
import { createSession } from '../../../inspector/session/session.ts'
import { stateWords } from '../../../inspector/session/words.ts'
import { numberServer, start } from '../../rules/numbered.ts'
import { retrying } from './machines.ts'
import { replaying } from './replays.ts'

const run = replaying()

test('what a real actor tells through a real link is shown as it was', () => {
  const clock = new SimulatedClock()
  const actor = createActor(retrying, { clock })
  const link = memoryLink()
  const detach = attachInspector(actor, { link, name: 'page' })
  const session = createSession()
  const viewer = link.view((messages) => session.apply({ app: 'page', messages }))
  actor.start()
  actor.send({ type: 'go' })
  actor.send({ type: 'lost' })

  const [shown] = session.actors('page', null)
  const id = shown?.id ?? ''
  expect(shown).toMatchObject({ logic: 'machine', value: 'waiting', phase: 'degraded', status: 'active' })
  expect(shown?.waits.map(({ event, delay }) => [event, delay])).toEqual([
    ['xstate.after.backoff.retrying.waiting', 900],
  ])
  expect(explain(session, 'page', id, null)).toMatch(
    /^in waiting, after backoff in .+; `retry` or `stop` would lead on$/,
  )

  clock.increment(900)
  actor.send({ type: 'go' })
  const steps = session.entries('page').flatMap((entry) => (entry.kind === 'step' ? [entry] : []))
  expect(steps.flatMap((step) => transitionsOf(session, 'page', step).keys)).toEqual([
    'retrying.idle go 0',
    'retrying.trying lost 0',
    'retrying.waiting xstate.after.backoff.retrying.waiting 0',
    'retrying.trying go 0',
  ])
  expect(session.actors('page', null)[0]?.waits).toEqual([])
  const covered = coverage([{ session, app: 'page' }], shown?.definition ?? '')
  expect(covered?.neverEntered).toEqual(['retrying.online.flow.paused', 'retrying.over'])
  const replay = regressionTest(session, 'page', id)
  expect(isRefused(replay) || replay.text.match(/"event"/g)).toHaveLength(4)

  actor.send({ type: 'stop' })
  expect(session.actors('page', null)[0]).toMatchObject({ value: 'over', status: 'done' })
  viewer.leave()
  detach()
})

test('a real connection that is cut and comes back is explained while it waits, and its recording replays', async () => {
  const server = await numberServer()
  // A wait that is not over before it is looked at.
  const { actor, clock, received } = start({
    url: server.url,
    backoff: { base: 30_000, cap: 30_000 },
    random: () => 0.9,
  })
  const link = memoryLink()
  const detach = attachInspector(actor, { link, name: 'page' })
  const session = createSession()
  const viewer = link.view((messages) => session.apply({ app: 'page', messages }))
  const id = session.actors('page', null)[0]?.id ?? ''
  const words = () => stateWords(session.actor('page', id, null)?.value)

  actor.send({ type: 'connect' })
  await expect.poll(words).toContain('connected')
  server.append(3)
  await expect.poll(() => received.length).toBe(3)
  server.cut()
  await expect.poll(words).toBe('reconnecting.waiting')
  expect(explain(session, 'page', id, null)).toMatch(/^waiting .+ before try 1.*; `retry` would skip the wait$/)
  clock.increment(60_000)
  await expect.poll(words).toContain('connected')
  server.append(2)
  await expect.poll(() => received.length).toBe(5)
  actor.send({ type: 'pause' })
  actor.send({ type: 'resume' })
  actor.send({ type: 'close' })
  expect(words()).toBe('closed')

  const exported = regressionTest(session, 'page', id)
  if (isRefused(exported)) throw new Error(exported.refused)
  expect(exported.text).toContain('"value":{"reconnecting":"waiting"}')
  const { passed, output } = await run(exported.text)
  expect(passed, output).toBe(true)
  viewer.leave()
  detach()
}, 60_000)
