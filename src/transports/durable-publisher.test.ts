import { expect, test } from 'vitest'
import type { AppendAnswer, Link, NumberedAppend } from '../link.ts'
import { at, dialled, polite } from './durable-rig.ts'
import { readAll, until } from './websocket-rig.ts'

const numbered = (sequence: number, ...records: (string | Uint8Array)[]): NumberedAppend => ({
  producer: { id: 'p', epoch: 3, sequence },
  records,
})

/** Appends whose outcome is noted. */
function appended(link: Link, ...appends: NumberedAppend[]): Promise<AppendAnswer | { code: string }>[] {
  return appends.map((append) => link.append?.(append).catch(({ code }) => ({ code })) ?? Promise.reject())
}

const key = { s: 'rooms/42', pid: 'p', e: 3 }

test('an append is a frame, and each answer is told as what it means', async () => {
  const { link, peer } = await dialled(polite())
  const reading = readAll(link)
  const outcomes = appended(link, ...Array.from({ length: 9 }, (_, n) => numbered(n, `{"n":${n}}`, '[]')))
  await until(() => peer.frames.length === 2 + 9)
  expect(peer.frames[2]).toEqual({ t: 'pub', s: 'rooms/42', pid: 'p', e: 3, q: 0, d: [{ n: 0 }, []] })
  peer.send(
    // Of another producer, another epoch: not about these.
    { t: 'ack', ...key, pid: 'q', q: 8, o: at(2), dup: false },
    { t: 'ack', ...key, e: 2, q: 8, o: at(2), dup: false },
    { t: 'ack', ...key, q: 1, o: at(4), dup: false },
    { t: 'nack', ...key, q: 2, code: 'too_large' },
    { t: 'nack', ...key, q: 3, code: 'gap', want: 2 },
    { t: 'nack', ...key, q: 4, code: 'rate', retryMs: 250 },
    { t: 'nack', ...key, q: 5, code: 'fenced', epoch: 4 },
    { t: 'nack', ...key, q: 6, code: 'owned' },
    { t: 'nack', ...key, q: 7, code: 'gap' },
    { t: 'nack', ...key, q: 8, code: 'of a later version' },
  )
  expect(await Promise.all(outcomes)).toMatchObject([
    { kind: 'stored' },
    { kind: 'stored', offset: at(4) },
    { kind: 'refused', error: { code: 'send_failed' } },
    { kind: 'early', expected: 2 },
    { kind: 'later', retryAfterMs: 250 },
    { kind: 'barred', error: { code: 'producer_fenced' } },
    { kind: 'barred', error: { code: 'producer_owned' } },
    { kind: 'later' },
    { kind: 'refused' },
  ])
  link.close()
  await reading
})

test('a cut rejects what is not answered, and so does a link that is closed', async () => {
  const { link, peer } = await dialled(polite())
  const reading = readAll(link)
  const [first, second] = appended(link, numbered(0, '1'), numbered(1, '2'))
  await until(() => peer.frames.length === 4)
  peer.send({ t: 'ack', ...key, q: 0, o: at(1), dup: false })
  expect(await first).toMatchObject({ kind: 'stored' })
  peer.socket.terminate()
  await reading
  expect(await second).toEqual({ code: 'interrupted' })
  expect(await appended(link, numbered(2, '3'))[0]).toEqual({ code: 'interrupted' })
})

test('bytes travel as base64, and the records of a text stream as strings', async () => {
  const { link, peer } = await dialled(polite())
  void readAll(link)
  void appended(link, numbered(0, new Uint8Array([0, 255]), new Uint8Array(1)))
  await until(() => peer.frames.length === 3)
  expect(peer.frames[2]).toMatchObject({ b: ['AP8=', 'AA=='], q: 0 })
  link.close()

  const text = await dialled(polite(), undefined, { records: 'text' })
  void readAll(text.link)
  void appended(text.link, numbered(0, 'a "b"\n'))
  await until(() => text.peer.frames.length === 3)
  expect(text.peer.frames[2]).toMatchObject({ d: ['a "b"\n'] })
  text.link.close()
})
