/**
 * Lost links: back by itself, exactly where it was.
 *
 * @module
 */
import { expect, it } from 'vitest'
import type { RoomClient } from '../../rigs/room-client.ts'
import type { TransportRow } from '../rows.ts'
import { connected, freshRoom, type Session } from '../session.ts'

/** What a listener has heard when the link was lost after `before` and `all` is there at last. */
export function heard(row: TransportRow, before: readonly string[], all: readonly string[]): readonly string[] {
  return row.resumes ? all : [...before, ...all]
}

/** Cuts whatever reads the room now, and resolves when it reads again. */
export async function cutOff(row: TransportRow, room: RoomClient, session: Session): Promise<void> {
  const before = await room.until(({ open }) => open.length === 1)
  const links = session.all('connected').length
  await room.order({ cut: true })
  if (row.noticesCuts) await session.until((current) => current.all('connected').length === links + 1)
  await room.until(({ open, requests }) => requests.length > before.requests.length && open.length === 1)
}

/** Cuts whatever reads the room now, where that looks like the end. */
async function cutAtTheEnd(room: RoomClient, session: Session): Promise<void> {
  await room.until(({ open }) => open.length === 1)
  await room.order({ cut: true })
  await expectDone(session)
}

/** The stream is over as far as anybody can tell. */
export async function expectDone(session: Session): Promise<void> {
  await session.untilState('closed')
  expect(session.all('closed')).toMatchObject([{ reason: 'done' }])
  expect(session.all('reconnecting')).toEqual([])
}

export function cutting(row: TransportRow): void {
  it('goes on exactly where it was after a cut', async () => {
    const room = await freshRoom({ append: ['one', 'two', 'three'] })
    const session = await connected(row, room)
    await session.untilTexts(3)
    if (row.cutIsEnd) return cutAtTheEnd(room, session)
    await cutOff(row, room, session)
    await room.order({ append: ['four'] })
    const expected = heard(row, ['one', 'two', 'three'], ['one', 'two', 'three', 'four'])
    await session.untilTexts(expected.length)
    expect(session.texts).toEqual(expected)
    const lost = session.all('reconnecting').map(({ error }) => error?.code)
    expect(lost.length).toBeLessThanOrEqual(1)
    if (!row.noticesCuts) return
    expect(lost.join()).toMatch(/^(network|interrupted)$/)
    expect(session.states).toEqual(['idle', 'connecting', 'connected', 'reconnecting', 'connected'])
  })

  it('survives five cuts in a row', async () => {
    const room = await freshRoom()
    const session = await connected(row, room)
    const all: string[] = []
    const expected: string[] = []
    for (let round = 1; round <= 5; round++) {
      await room.until(({ open }) => open.length === 1)
      await room.order({ append: [`${round} a`, `${round} b`] })
      all.push(`${round} a`, `${round} b`)
      expected.push(`${round} a`, `${round} b`)
      await session.untilTexts(expected.length)
      if (row.cutIsEnd) return cutAtTheEnd(room, session)
      await cutOff(row, room, session)
      if (!row.resumes) expected.push(...all)
      await session.untilTexts(expected.length)
    }
    expect(session.texts).toEqual(expected)
    const noticed = session.all('reconnecting').length
    expect(row.noticesCuts ? noticed === 5 : noticed <= 5).toBe(true)
    expect((await room.until(({ open }) => open.length === 1)).cuts).toBe(5)
  })

  it.each([1, 9, 40, 75])('loses and repeats nothing when the answer is cut at byte %i', async (bytes) => {
    const texts = [
      'the first of three grüße, long enough',
      'the second, 日本語 🐎 in the middle',
      'the third and last of them all',
    ]
    const room = await freshRoom({ append: texts, faults: [{ kind: 'cut', bytes }] })
    const session = await connected(row, room)
    // The first byte stands before the first message; all other cuts are in the middle of one.
    if (row.cutIsEnd && bytes === 1) return expectDone(session)
    await room.until(({ requests, open }) => requests.length >= 2 && open.length === 1)
    await session.until((current) => current.texts.at(-1) === texts.at(-1))
    expect(session.texts.slice(-texts.length)).toEqual(texts)
    // Without positions the beginning comes twice, and only that.
    const before = session.texts.slice(0, -texts.length)
    expect(before).toEqual(row.resumes ? [] : texts.slice(0, before.length))
  })
}
