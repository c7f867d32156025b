/**
 * What arrives: all of it, in order, whole.
 *
 * @module
 */
import { expect, it } from 'vitest'
import type { TransportRow } from '../rows.ts'
import { connected, freshRoom, Session } from '../session.ts'

/** Characters of one to four bytes, and what formats like to trip over. */
export const awkward = [
  'grüße',
  '日本語 🐎 a\u0301',
  '{"looks":"like json"}',
  ' leading and trailing ',
  'data: not a field',
]

export function receiving(row: TransportRow): void {
  it('hands over all that is there and all that comes, in order', async () => {
    const room = await freshRoom({ append: ['first', 'second'] })
    const session = await connected(row, room)
    await session.untilTexts(2)
    await room.order({ append: ['third'] })
    await session.untilTexts(3)
    await room.order({ append: ['fourth', 'fifth'] })
    await session.untilTexts(5)
    expect(session.texts).toEqual(['first', 'second', 'third', 'fourth', 'fifth'])
    expect(session.states).toEqual(['idle', 'connecting', 'connected'])
  })

  it('hands over 2,000 messages in order without one chart transition in between', async () => {
    const room = await freshRoom()
    let microsteps = 0
    const inspect = ({ type }: { readonly type: string }): void => {
      if (type === '@xstate.microstep') microsteps += 1
    }
    const session = await connected(row, room, { inspect })
    await room.until(({ open }) => open.length === 1)
    const before = microsteps
    await room.order({ fill: { count: 2_000, size: 40 } })
    await session.untilTexts(2_000)
    expect(before).toBeGreaterThan(0)
    expect(microsteps).toBe(before)
    expect(session.texts.map((text) => Number.parseInt(text, 10))).toEqual(
      Array.from({ length: 2_000 }, (_, index) => index),
    )
  })

  it('puts together what arrives byte by byte', async () => {
    const room = await freshRoom({ append: awkward, faults: [{ kind: 'slow' }] })
    const session = await connected(row, room)
    await session.untilTexts(awkward.length)
    expect(session.texts).toEqual(awkward)
    expect(session.all('reconnecting')).toEqual([])
  })

  it('refuses a message over the limit, after everything before it', async () => {
    const room = await freshRoom({ append: ['fits'] })
    const session = await connected(row, room, row.limit)
    await session.untilTexts(1)
    await room.order({ append: ['x'.repeat(5_000)] })
    await session.untilState('error')
    expect(session.texts).toEqual(['fits'])
    expect(session.all('error').map(({ error }) => error.code)).toEqual(['limit_exceeded'])
    await room.until(({ open }) => open.length === 0)
  })

  it('attaches late listeners to a connection that starts paused, and loses nothing', async () => {
    const room = await freshRoom({ append: ['early'] })
    const session = new Session(row, room, { startPaused: true })
    await session.connect()
    expect(session.texts).toEqual([])
    session.actor.send({ type: 'resume' })
    await session.untilTexts(1)
    expect(session.texts).toEqual(['early'])
  })
}
