/**
 * What a real connection sends over a real server, as the session shows it.
 *
 * @module
 */
import { expect, onTestFinished, test } from 'vitest'
import { attachInspector, memoryLink } from '../../../inspector/attach/index.ts'
import { createSession } from '../../../inspector/session/session.ts'
import { sendOver } from '../../../src/core.ts'
import { rows } from '../../transports/rows.ts'
import { connected, freshRoom } from '../../transports/session.ts'

const app = 'page'

test('a send is settled by its acknowledgement, is lost with its link, and goes out again over the next one', async () => {
  const row = rows.find(({ name }) => name === 'durable via sse')
  if (row === undefined) throw new Error('There is no durable transport.')
  const room = await freshRoom()
  const { actor } = await connected(row, room, { maxAttempts: 8 })
  const session = createSession()
  const link = memoryLink()
  onTestFinished(attachInspector(actor, { link }))
  onTestFinished(link.view((messages) => session.apply({ app, messages })).leave)
  const frames = () => session.entries(app).filter((entry) => entry.kind === 'frame' && entry.direction === 'out')
  const states = () => frames().map(({ seq }) => session.fate(app, seq, null)?.state)

  await sendOver(actor, 'taken')
  await room.order({ sendFaults: [{ kind: 'hold' }] })
  const held = sendOver(actor, 'held')
  await expect.poll(states).toEqual(['settled', 'unsettled'])
  const id = frames()[0]?.actor ?? ''
  expect(session.actor(app, id, null)?.connection).toMatchObject({ maxAttempts: 8 })
  expect(session.unsettled(app, id, null)).toEqual({ count: 1, since: frames()[1]?.t })
  await room.order({ cut: true })
  await held
  await expect.poll(states).toEqual(['settled', 'lost', 'settled'])
  expect(frames()).toMatchObject([{ sequence: 0 }, { sequence: 1 }, { sequence: 1 }])
})
