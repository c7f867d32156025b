/**
 * What XState itself shows to inspectors: an actor's input with its first event, and every event as the app wrote it.
 *
 * @module
 */
import { expect, it, onTestFinished } from 'vitest'
import { createActor, setup } from 'xstate'
import { sendOver } from '../../src/core.ts'
import { sseConnection } from '../../src/sse.ts'
import type { AnyLogic } from '../transports/rows.ts'
import { freshRoom } from '../transports/session.ts'
import { secretInput, secretPost, withQuery } from './secret-input.ts'
import { hearInspection, isFirstEvent, isOwnEvent } from './surfaces.ts'
import { connectWatched, watch } from './watched.ts'

const isSpawning = (surface: string): boolean => surface === 'inspection @xstate.action xstate.spawnChild'

const logic = sseConnection as unknown as AnyLogic

it('shows nothing of the input with the first event of a connection', async () => {
  const { canaries, surfaces } = watch()
  const room = await freshRoom()
  const url = withQuery(`${room.url}/sse`, canaries)
  const watched = connectWatched({ canaries, surfaces }, logic, {
    ...secretInput(canaries),
    ...secretPost(canaries),
    headers: { authorization: canaries.header },
    url,
  })
  await watched.finish()
  expect(surfaces.count('inspection @xstate.event xstate.init')).toBeGreaterThan(0)
  expect(surfaces.leaks(canaries, isFirstEvent)).toEqual([])
})

it('shows nothing of the input of a connection that a larger machine spawns', async () => {
  const { canaries, surfaces } = watch()
  const room = await freshRoom()
  const input = {
    ...secretInput(canaries),
    url: withQuery(`${room.url}/sse`, canaries),
    headers: { authorization: canaries.header },
  }
  const screen = setup({ actors: { feed: sseConnection } }).createMachine({
    invoke: { id: 'feed', src: 'feed', input },
  })
  const actor = createActor(screen, { inspect: hearInspection(surfaces) }).start()
  onTestFinished(() => void actor.stop())
  surfaces.hear('persisted', actor.getPersistedSnapshot())
  expect(surfaces.count('inspection @xstate.event xstate.init')).toBeGreaterThan(1)
  expect(surfaces.leaks(canaries, isFirstEvent)).toEqual([])
  // The parent's own record of what it spawned is the app's, and holds what the app wrote there.
  expect(surfaces.leaks(canaries, (surface) => !isFirstEvent(surface) && !isSpawning(surface))).toEqual([])
})

it('shows nothing of a payload that is sent with sendOver', async () => {
  const { canaries, surfaces } = watch()
  const room = await freshRoom()
  const watched = connectWatched({ canaries, surfaces }, logic, { url: `${room.url}/sse`, sendUrl: `${room.url}/in` })
  await watched.until('connected')
  await sendOver(watched.actor, canaries.payloadOut)
  expect(surfaces.leaks(canaries)).toEqual([])
})

it('shows neither the payload of a send event nor the reason of a close event', async () => {
  const { canaries, surfaces } = watch()
  const room = await freshRoom()
  const watched = connectWatched({ canaries, surfaces }, logic, { url: `${room.url}/sse`, sendUrl: `${room.url}/in` })
  await watched.until('connected')
  watched.actor.send({ type: 'send', data: canaries.payloadOut })
  await room.until(({ received }) => received.length === 1)
  await watched.finish()
  expect(surfaces.count('inspection @xstate.event send')).toBeGreaterThan(0)
  expect(surfaces.leaks(canaries, isOwnEvent)).toEqual([])
})
