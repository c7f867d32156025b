/**
 * Ends: the protocol's own, ours from every state, and the actor's.
 *
 * @module
 */
import { expect, it } from 'vitest'
import type { RoomClient } from '../../rigs/room-client.ts'
import { lastText, type TransportRow } from '../rows.ts'
import { abandoned, connected, freshRoom, patient, Session } from '../session.ts'

const unavailable = { kind: 'refuse', status: 503 } as const

/** How a session gets into a state, and stays there until it is closed. */
const ways: Readonly<Record<string, (row: TransportRow, room: RoomClient, session: Session) => Promise<void>>> = {
  idle: async () => {},
  connecting: async (_row, room, session) => {
    await room.order({ faults: [{ kind: 'hold' }] })
    session.actor.send({ type: 'connect' })
    await room.until(({ open }) => open.length === 1)
  },
  connected: async (_row, room, session) => {
    await session.connect()
    await room.until(({ open }) => open.length === 1)
  },
  reconnecting: async (_row, room, session) => {
    await room.order({ faults: [unavailable] })
    session.actor.send({ type: 'connect' })
    await session.untilState('reconnecting')
  },
  'reconnecting, dialling': async (_row, room, session) => {
    await room.order({ faults: [unavailable, { kind: 'hold' }] })
    session.actor.send({ type: 'connect' })
    await session.untilState('reconnecting')
    session.actor.send({ type: 'retry' })
    await room.until(({ requests, open }) => requests.length >= 2 && open.length === 1)
  },
  error: async (_row, room, session) => {
    await room.order({ faults: [unavailable] })
    session.actor.send({ type: 'connect' })
    await session.untilState('error')
  },
}

export function ending(row: TransportRow): void {
  it("ends with the protocol's own end", async () => {
    const room = await freshRoom({ append: ['one', 'two'] })
    const session = await connected(row, room)
    await session.untilTexts(2)
    await room.order({ append: [lastText], end: true })
    await session.untilState('closed')
    expect(session.texts).toEqual(['one', 'two', lastText])
    expect(session.all('done')).toHaveLength(1)
    const { output } = session.actor.getSnapshot()
    expect(output).toMatchObject({ reason: 'done', received: 3, sent: 0 })
    expect(output?.position === null).toBe(!row.resumes)
    expect(session.all('closed')).toEqual([{ type: 'closed', ...output }])
    await room.until(({ open }) => open.length === 0)
  })

  it.each(Object.entries(ways))('leaves no socket behind when closed in state %s', async (name, arrive) => {
    const room = await freshRoom()
    const options = name === 'connected' ? {} : { ...patient, maxAttempts: name === 'error' ? 0 : 9 }
    const session = new Session(row, room, { skipBackoff: false, ...options })
    await arrive(row, room, session)
    expect(session.state).toBe(name.split(',')[0])
    session.actor.send({ type: 'close' })
    expect(session.state).toBe('closed')
    expect(session.all('closed')).toMatchObject([{ reason: 'closed' }])
    const { requests } = await abandoned(row, room, name === 'connecting' || name.endsWith('dialling'))
    expect(requests.length > 0).toBe(name !== 'idle')
  })

  it('leaves no socket behind when the actor is stopped while it dials', async () => {
    const room = await freshRoom({ faults: [{ kind: 'hold' }] })
    const session = new Session(row, room)
    session.actor.send({ type: 'connect' })
    await room.until(({ open }) => open.length === 1)
    session.actor.stop()
    const { requests } = await abandoned(row, room)
    expect(requests.filter(({ method }) => method !== 'HEAD').length).toBeLessThanOrEqual(1)
    expect(session.all('closed')).toEqual([])
  })
}
