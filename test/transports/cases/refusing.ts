/**
 * Servers that will not, will not yet, or are not what they should be.
 *
 * @module
 */
import { expect, it } from 'vitest'
import type { TransportRow } from '../rows.ts'
import { abandoned, connected, freshRoom, patient, Session } from '../session.ts'

const page = btoa('<!doctype html><title>Sign in</title>')

export function refusing(row: TransportRow): void {
  it('waits as long as a 503 asks for, then connects', async () => {
    const room = await freshRoom({
      append: ['there'],
      faults: [{ kind: 'refuse', status: 503, headers: { 'retry-after': '2' } }],
    })
    const session = await connected(row, room, patient)
    const [reconnecting] = session.all('reconnecting')
    expect(reconnecting?.error).toMatchObject(
      row.seesStatus ? { code: 'http_status', status: 503, retryAfterMs: 2_000 } : { code: 'network' },
    )
    expect((reconnecting?.delay ?? 0) >= 2_000).toBe(row.seesStatus)
    expect((await room.until(({ open }) => open.length === 1)).requests.length).toBeGreaterThanOrEqual(2)
  })

  it('rests in error when the server says no for good, and connects when asked again', async () => {
    const room = await freshRoom({ append: ['there'], faults: [{ kind: 'refuse', status: 403 }] })
    const session = new Session(row, room, patient)
    session.actor.send({ type: 'connect' })
    if (row.seesStatus) {
      await session.untilState('error')
      expect(session.all('error').map(({ error }) => [error.code, error.status])).toEqual([['http_status', 403]])
      const { requests } = await room.until(({ open }) => open.length === 0)
      expect(requests.filter(({ method }) => method !== 'HEAD')).toHaveLength(1)
      session.actor.send({ type: 'connect' })
    }
    await session.untilTexts(1)
    expect(session.texts).toEqual(['there'])
    // Unseen, a refusal looks like a bad line and is tried again by itself.
    expect(session.all('reconnecting')).toHaveLength(row.seesStatus ? 0 : 1)
  })

  it('gives up an attempt that nobody answers, and tries again', async () => {
    const room = await freshRoom({ faults: [{ kind: 'hold' }] })
    const session = new Session(row, room)
    session.actor.send({ type: 'connect' })
    await room.until(({ open }) => open.length === 1)
    if (!row.waitsUnanswered) session.clock.increment(10_000)
    await session.untilState('connected')
    expect(session.all('reconnecting').map(({ error }) => error?.code)).toEqual(
      row.waitsUnanswered ? [] : ['connect_timeout'],
    )
    const attempts = row.waitsUnanswered ? 1 : 2
    const left = row.dropsHandshake ? 1 : 2
    await room.until(({ open, requests }) => requests.length >= attempts && open.length === left)
    if (row.dropsHandshake) return
    session.actor.stop()
    await abandoned(row, room)
  })

  it('does not take a web page for a stream', async () => {
    const onSocket = row.pageCode === 'http_status' || row.pageCode === 'network'
    const room = await freshRoom({
      append: ['there'],
      faults: [
        onSocket ? { kind: 'refuse', status: 200 } : { kind: 'script', type: 'text/html', base64: page, end: true },
      ],
    })
    const session = new Session(row, room, patient)
    session.actor.send({ type: 'connect' })
    if (row.pageCode === 'network') {
      await session.untilTexts(1)
      expect(session.all('reconnecting').map(({ error }) => error?.code)).toEqual(['network'])
      return
    }
    await session.untilState('error')
    expect(session.all('error').map(({ error }) => error.code)).toEqual([row.pageCode])
    expect(session.texts).toEqual([])
    await room.until(({ open }) => open.length === 0)
  })
}
