import { describe, expect, test } from 'vitest'
import { manualClock } from './testing/manual-clock.ts'
import { eventually, startServer } from './testing/rig.ts'

const OFFSET = 'stream-next-offset'

describe('a long-poll', () => {
  test('answers at once with what is there', async () => {
    const { at, server } = await startServer()
    const room = server.stream('a')
    room.append(1, 2)
    const response = await fetch(at('a', '?offset=-1&live=long-poll'))
    expect([response.status, await response.json(), response.headers.get(OFFSET)]).toEqual([
      200,
      [1, 2],
      room.tail.offset,
    ])
    expect(response.headers.get('stream-cursor')).toMatch(/^\d+$/)
    expect(response.headers.get('etag')).not.toBeNull()
  })

  test('waits for the next record, from now as well, and gets what is appended together as one page', async () => {
    const clock = manualClock()
    const { at, server } = await startServer({ clock })
    const room = server.stream('a')
    room.append('old')
    const response = fetch(at('a', '?offset=now&live=long-poll'))
    await eventually(() => server.connections > 0)
    room.append('one')
    room.append('two')
    expect(await (await response).json()).toEqual(['one', 'two'])
    expect(server.connections).toBe(0)
  })

  test.each([
    [0, '', 22_500],
    [1, '', 27_500],
    [1, '&heartbeat=5', 4_400],
    [0, '&heartbeat=60', 22_500],
  ])(
    'ends empty after 25 s give or take a tenth, or a sign of life is due: random %d, "%s", %d ms',
    async (random, wish, milliseconds) => {
      const clock = manualClock()
      const { at, server } = await startServer({ clock, random: () => random })
      const { offset } = server.stream('a').append(1)
      let answered = false
      const pending = fetch(at('a', `?offset=${offset}&live=long-poll${wish}`)).then((response) => {
        answered = true
        return response
      })
      await eventually(() => server.connections > 0)
      clock.advance(milliseconds - 1)
      expect([answered, server.connections]).toEqual([false, 1])
      clock.advance(101)
      const response = await pending
      expect([response.status, response.headers.get(OFFSET)]).toEqual([204, offset])
      expect(response.headers.get('stream-up-to-date')).toBe('true')
      expect(response.headers.get('stream-cursor')).not.toBeNull()
    },
  )

  test('gives a cursor that moves with time and never goes back behind the one the client has', async () => {
    const clock = manualClock()
    const { at, server } = await startServer({ clock, random: () => 0.5 })
    server.stream('a').append(1)
    const cursorAfter = async (query: string) =>
      Number((await fetch(at('a', `?offset=-1&live=long-poll${query}`))).headers.get('stream-cursor'))
    const first = await cursorAfter('')
    expect(await cursorAfter(`&cursor=${first - 1}`)).toBe(first)
    expect(await cursorAfter(`&cursor=${first}`)).toBeGreaterThan(first)
    expect(await cursorAfter(`&cursor=${first + 500}`)).toBeGreaterThan(first + 500)
    clock.advance(20_000)
    expect(await cursorAfter('')).toBe(first + 1)
    for (const bad of ['x', '-1', '1.5', '', `1${'0'.repeat(30)}`])
      expect((await fetch(at('a', `?offset=-1&live=long-poll&cursor=${bad}`))).status).toBe(400)
  })

  test('returns at once at the end of a closed stream, and when the stream is closed meanwhile', async () => {
    const clock = manualClock()
    const { at, server } = await startServer({ clock })
    const room = server.stream('a')
    const pending = fetch(at('a', '?offset=now&live=long-poll'))
    await eventually(() => server.connections > 0)
    room.close()
    for (const response of [await pending, await fetch(at('a', '?offset=now&live=long-poll'))])
      expect([response.status, response.headers.get('stream-closed')]).toEqual([204, 'true'])
  })

  test('is told when its position is trimmed away or the stream deleted while it waits', async () => {
    const clock = manualClock()
    const { at, server } = await startServer({ clock, retention: { records: 1 } })
    const trimmed = fetch(at('a', `?offset=${server.stream('a').tail.offset}&live=long-poll`))
    await eventually(() => server.connections === 1)
    server.stream('a').append(1, 2, 3)
    expect((await trimmed).headers.get('stream-reset')).toBe('trimmed')
    const deleted = fetch(at('a', '?offset=now&live=long-poll'))
    await eventually(() => server.connections === 1)
    server.stream('a').delete()
    expect((await deleted).status).toBe(404)
  })

  test('of a client that goes away leaves nothing behind', async () => {
    const clock = manualClock()
    const { at, server } = await startServer({ clock })
    server.stream('a').append(1)
    const leaving = new AbortController()
    const pending = fetch(at('a', '?offset=now&live=long-poll'), { signal: leaving.signal })
    await eventually(() => server.connections > 0)
    leaving.abort()
    await expect(pending).rejects.toThrow()
    await eventually(() => server.connections === 0)
  })

  test('needs an offset and a mode that exists', async () => {
    const { at, server } = await startServer()
    server.stream('a')
    server.stream('a').append(1)
    for (const query of ['?live=long-poll', '?live=sse', '?live=ndjson', '?offset=-1&live=foo', '?offset=-1&live='])
      expect((await fetch(at('a', query))).status).toBe(400)
  })
})
