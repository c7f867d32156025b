/**
 * From when on and until when something is told: who comes late, asks again, leaves, is attached twice, is over.
 *
 * @module
 */
import { expect, it, onTestFinished, vi } from 'vitest'
import { createActor } from 'xstate'
import { attachInspector, memoryLink } from '../../../inspector/attach/index.ts'
import { SystemWatch } from '../../../inspector/attach/system-watch.ts'
import { simulatedClock } from '../../../src/testing/clock.ts'
import { inspected, light, lookAt } from './inspected.ts'

it('tells nothing but its hello while nobody looks, and everything to one who comes', () => {
  const link = memoryLink()
  const actor = createActor(light, { clock: simulatedClock() }).start()
  const sent = vi.spyOn(link, 'send')
  onTestFinished(attachInspector(actor, { link }))
  actor.send({ type: 'go' })
  expect(sent.mock.calls.flatMap(([messages]) => messages.map(({ kind }) => kind))).toEqual(['hello'])
  const { told } = lookAt(link)
  expect(told.map(({ kind }) => kind)).toEqual(['hello', 'definition', 'actor'])
})

it('tells everything again to who asks for it, definitions included', () => {
  const actor = createActor(light, { clock: simulatedClock() }).start()
  const { told, viewer } = inspected(actor)
  const before = told.map(({ kind }) => kind)
  told.length = 0
  viewer.ask({ kind: 'sync' })
  expect(told.map(({ kind }) => kind)).toEqual(before)
})

it('says a definition once for actors of one machine', () => {
  const one = createActor(light, { clock: simulatedClock() }).start()
  const { link, of } = inspected(one)
  const other = createActor(light.provide({}), { clock: simulatedClock() }).start()
  onTestFinished(attachInspector(other, { link }))
  expect([of('actor').length, of('definition').length]).toEqual([2, 1])
})

it('attached twice to one link is attached once, until the last one leaves', () => {
  const actor = createActor(light, { clock: simulatedClock() }).start()
  const { detach, link, of } = inspected(actor)
  const other = attachInspector(actor, { link })
  actor.send({ type: 'go' })
  expect(of('event')).toHaveLength(1)
  detach()
  detach()
  actor.send({ type: 'nothing' })
  expect(of('event')).toHaveLength(2)
  other()
  actor.send({ type: 'nothing' })
  expect(of('event')).toHaveLength(2)
})

it('leaves nothing behind when it is detached', () => {
  const clock = simulatedClock()
  const actor = createActor(light, { clock: simulatedClock() }).start()
  const { detach, last, told, viewer } = inspected(actor, { clock })
  expect(clock.pending).toBe(1)
  detach()
  expect(last('gone')).toMatchObject({ status: 'stopped' })
  const length = told.length
  actor.send({ type: 'go' })
  viewer.ask({ kind: 'sync' })
  expect([told.length - length, clock.pending, actor.getSnapshot().value]).toEqual([0, 0, 'green'])
})

it('shows an actor that is stopped and started again, as React does it', () => {
  const actor = createActor(light, { clock: simulatedClock() })
  const { of, last } = inspected(actor)
  const initial = actor.getSnapshot()
  actor.start()
  actor.stop()
  // What the official binding does between the two effects of StrictMode.
  Object.assign(actor, { _snapshot: initial, _processingStatus: 0 })
  actor.start()
  actor.send({ type: 'go' })
  expect(of('gone')).toHaveLength(1)
  expect(of('actor')).toHaveLength(2)
  expect(last('step').value).toBe('green')
})

it('lets go of an actor that is over, without being told to', async () => {
  const clock = simulatedClock()
  const actor = createActor(light, { clock: simulatedClock() }).start()
  inspected(actor, { clock })
  actor.stop()
  await expect.poll(() => clock.pending).toBe(0)
})

it('lets go of what is over also while nobody looks', () => {
  const link = memoryLink()
  const over = Array.from({ length: 63 }, () => createActor(light, { clock: simulatedClock() }).start())
  for (const actor of over) attachInspector(actor, { link })
  for (const actor of over) actor.stop()
  const unsubscribed = vi.spyOn(SystemWatch.prototype, 'stop')
  onTestFinished(() => unsubscribed.mockRestore())
  const living = [1, 2].map(() => createActor(light, { clock: simulatedClock() }).start())
  for (const actor of living) onTestFinished(attachInspector(actor, { link }))
  expect(unsubscribed).toHaveBeenCalledTimes(63)
  expect(lookAt(link).of('actor')).toHaveLength(2)
})
