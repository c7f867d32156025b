/**
 * Who does not read holds the server back, and misses nothing.
 *
 * @module
 */
import { expect, it } from 'vitest'
import { messagesOf } from '../../../src/core.ts'
import type { RoomState } from '../../rigs/protocol.ts'
import type { RoomClient } from '../../rigs/room-client.ts'
import type { TransportRow } from '../rows.ts'
import { connected, freshRoom } from '../session.ts'
import { expectDone, heard } from './cutting.ts'

export function flowing(row: TransportRow): void {
  it('stops the flow when paused and loses nothing when resumed', async () => {
    const room = await freshRoom({ append: ['one'] })
    const session = await connected(row, room)
    await session.untilTexts(1)
    const before = (await room.until(({ open }) => open.length === 1)).open[0]?.bytes ?? 0
    session.actor.send({ type: 'pause' })
    expect(session.actor.getSnapshot().matches({ connected: { flow: 'paused' } })).toBe(true)
    await room.order({ append: ['two', 'three'] })
    // On its way, or in a polled page that is answered and not followed by another request.
    await room.until(({ open }) => open.length === 0 || (open[0]?.bytes ?? 0) > before)
    expect(session.texts).toEqual(['one'])
    session.actor.send({ type: 'resume' })
    await session.untilTexts(3)
    expect(session.texts).toEqual(['one', 'two', 'three'])
    expect(session.all('reconnecting')).toEqual([])
  })

  it('stays paused over a cut, and goes on exactly where it was', async () => {
    const room = await freshRoom({ append: ['one'] })
    const session = await connected(row, room)
    await session.untilTexts(1)
    await room.until(({ open }) => open.length === 1)
    session.actor.send({ type: 'pause' })
    await room.order({ cut: true })
    await room.order({ append: ['two', 'three'] })
    expect(session.texts).toEqual(['one'])
    expect(session.actor.getSnapshot().context.flow).toBe('paused')
    session.actor.send({ type: 'resume' })
    if (row.cutIsEnd) return expectDone(session)
    const expected = heard(row, ['one'], ['one', 'two', 'three'])
    await session.untilTexts(expected.length)
    expect(session.texts).toEqual(expected)
    if (row.noticesCuts) expect(session.all('connected')).toHaveLength(2)
  })

  it('lets a slow iterator hold the server back', async () => {
    // Linux lets a receiver's buffer grow to 32 MB and a sender's to 4: 35 MB were once taken in whole by nobody.
    const [count, size] = [700, 80_000]
    const room = await freshRoom()
    const session = await connected(row, room)
    const messages = messagesOf(session.actor, { highWaterMark: 8 })
    await room.order({ fill: { count, size } })
    const first = await messages.next()
    expect(row.textOf(first.value?.data)).toMatch(/^0 /)
    if (row.overflows) return expectOverflow(row, room, session, messages, count)
    const { open, requests } = await room.until(
      row.holdsBack ? standingStill() : ({ open: [reading] }) => (reading?.bytes ?? 0) >= count * size,
    )
    // Long-polling does not ask for the next page; the others leave the server with full buffers, a browser's among them.
    if (row.holdsBack) expect(open[0]?.bytes ?? 0).toBeLessThan(count * size * 0.9)
    expect(requests.length).toBeLessThanOrEqual(4)
    expect(session.texts.length).toBeLessThan(20)
    for (let index = 1; index < count; index++) {
      const { value } = await messages.next()
      expect(Number.parseInt(row.textOf(value?.data), 10)).toBe(index)
    }
    expect(session.all('reconnecting')).toEqual([])
    await messages.return?.()
  })
}

/** Nobody reads any more: nothing is open, or a socket takes nothing over several looks, each a moment after the other. */
function standingStill(): (state: RoomState) => boolean {
  let bytes = 0
  let looks = 0
  return ({ open: [reading] }) => {
    if (reading === undefined) return true
    looks = reading.blocked && reading.bytes === bytes ? looks + 1 : 0
    bytes = reading.bytes
    return looks === 4
  }
}

type Connected = Awaited<ReturnType<typeof connected>>

/** A browser's WebSocket is pushed at: with positions it is dropped and resumed, without them the loss is said. */
async function expectOverflow(
  row: TransportRow,
  room: RoomClient,
  session: Connected,
  messages: ReturnType<typeof messagesOf>,
  count: number,
): Promise<void> {
  const { open } = await room.until((state) => state.open.length === 0)
  expect(open).toEqual([])
  let next = 1
  const iterating = (async () => {
    for await (const { data } of messages) {
      expect(Number.parseInt(row.textOf(data), 10)).toBe(next)
      next += 1
      if (next === count) return
    }
  })()
  if (row.resumes) {
    await iterating
    for (const { error } of session.all('reconnecting')) expect(error?.code).toBe('overflow')
    return
  }
  // What was kept is still handed over, in order; then the loss is said.
  await expect(iterating).rejects.toMatchObject({ code: 'overflow' })
  expect(next).toBeLessThan(count)
  expect(session.state).toBe('error')
}
