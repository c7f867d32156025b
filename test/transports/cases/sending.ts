/**
 * What is sent: in order, once, and settled.
 *
 * @module
 */
import { expect, it } from 'vitest'
import { sendOver } from '../../../src/core.ts'
import type { TransportRow } from '../rows.ts'
import { connected, freshRoom, Session } from '../session.ts'

const texts = Array.from({ length: 40 }, (_, index) => `message ${index} grüße`)

export function sending(row: TransportRow): void {
  it('sends 40 messages in order without waiting for each, and settles them all', async () => {
    const room = await freshRoom()
    const session = await connected(row, room)
    await Promise.all(texts.map((text) => sendOver(session.actor, text)))
    const { received } = await room.until((state) => state.received.length === texts.length)
    expect(received.map(({ body }) => body)).toEqual(texts)
    if (row.echoes) await session.untilTexts(texts.length)
    expect(session.texts).toEqual(row.echoes ? texts : [])
  })

  it('keeps what is sent before there is a link, and sends it then', async () => {
    const room = await freshRoom()
    const session = new Session(row, room)
    const sent = Promise.all(texts.slice(0, 3).map((text) => sendOver(session.actor, text)))
    await session.connect()
    await sent
    const { received } = await room.until((state) => state.received.length === 3)
    expect(received.map(({ body }) => body)).toEqual(texts.slice(0, 3))
  })

  it('refuses to send when the connection is closed', async () => {
    const room = await freshRoom()
    const session = await connected(row, room)
    session.actor.send({ type: 'close' })
    await expect(sendOver(session.actor, 'too late')).rejects.toMatchObject({ code: 'send_refused' })
    expect((await room.until(({ open }) => open.length === 0)).received).toEqual([])
  })
}
