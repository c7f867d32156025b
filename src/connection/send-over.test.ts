import { expect, onTestFinished, test } from 'vitest'
import { createActor } from 'xstate'
import type { Dial, Link, Outgoing } from '../link.ts'
import { turns, until } from '../transports/websocket-rig.ts'
import { connection } from './connection.ts'
import { sendOver } from './send-over.ts'

/** A connection whose link takes what it is given and settles it when the test says so. */
function holding() {
  const taken: Outgoing[] = []
  let stop = (): void => {}
  const dial: Dial<object> = async () => {
    const link: Link = {
      protocol: 'holding',
      read: () =>
        new Promise((resolve) => {
          stop = () => resolve(false)
        }),
      write: async (batch) => void taken.push(...batch),
      close: () => stop(),
    }
    return link
  }
  const actor = createActor(connection(dial), { input: {} }).start()
  onTestFinished(() => {
    actor.stop()
  })
  return { actor, taken }
}

test('what waits for the connection can be given up, and is then never sent', async () => {
  const { actor, taken } = holding()
  const giveUp = new AbortController()
  const given = sendOver(actor, 'given up', { signal: giveUp.signal })
  const kept = sendOver(actor, 'kept')
  giveUp.abort()
  await expect(given).rejects.toMatchObject({ name: 'TransportError', code: 'aborted' })
  actor.send({ type: 'connect' })
  await until(() => taken.length === 1)
  taken[0]?.settle()
  await kept
  expect(taken.map(({ data }) => data)).toEqual(['kept'])
})

test('what the transport has taken cannot be called back', async () => {
  const { actor, taken } = holding()
  actor.send({ type: 'connect' })
  const giveUp = new AbortController()
  let outcome = 'pending'
  const sent = sendOver(actor, 'taken', { signal: giveUp.signal }).then(() => {
    outcome = 'sent'
  })
  await until(() => taken.length === 1)
  giveUp.abort()
  await turns(5)
  expect(outcome).toBe('pending')
  taken[0]?.settle()
  await sent
  expect(outcome).toBe('sent')
})
