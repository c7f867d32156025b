import { beforeAll, describe, expect, test } from 'vitest'
import { type Mounted, mounts, start } from './mounted.ts'
import { ask, openSocket } from './peers.ts'

const json = { 'content-type': 'application/json' }

/** The last position an event stream named. */
function positionIn(text: string): string {
  return [...text.matchAll(/^id: ?(.+)$/gm)].at(-1)?.[1] ?? ''
}

describe.each(mounts.map(({ name }) => name))('streams on %s', (name) => {
  let mounted: Mounted
  beforeAll(async () => {
    mounted = await start(name)
  })
  const at = (path: string, query = ''): string => `${mounted.url}/v1/stream/${path}${query}`
  const append = (path: string, body: string) => mounted.ask(at(path), { method: 'POST', headers: json, body })

  test('are created, appended to, read and deleted', async () => {
    const created = await mounted.ask(at('made'), { method: 'PUT', headers: json, body: '[{"n":1}]' })
    expect(created.status).toBe(201)
    expect((await append('made', '[{"n":2},{"n":3}]')).status).toBe(204)
    const page = await mounted.ask(at('made', '?offset=-1'))
    expect(page.status).toBe(200)
    expect(page.headers['stream-next-offset']).toMatch(/^[0-9a-f]{16}_0001_0{15}3$/)
    expect(JSON.parse(await page.ended())).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])
    const head = await mounted.ask(at('made'), { method: 'HEAD' })
    expect([head.status, await head.ended()]).toEqual([200, ''])
    expect((await mounted.ask(at('made'), { method: 'DELETE' })).status).toBe(204)
    const gone = await mounted.ask(at('made', '?offset=-1'))
    expect(JSON.parse(await gone.ended())).toMatchObject({ status: 404, code: 'not_found' })
  })

  test('are read live, and resumed where the socket was cut', async () => {
    await append('live', '[1]')
    const first = await mounted.ask(at('live', '?offset=-1&live=sse'))
    expect(first.headers['content-type']).toBe('text/event-stream')
    await first.saw('[1]')
    await append('live', '[2]')
    await first.saw(/^id: ?[0-9a-f]{16}_0001_0{15}2\n/m)
    first.close()
    await append('live', '[3]')
    const headers = { 'last-event-id': positionIn(first.text()) }
    const second = await mounted.ask(at('live', '?offset=-1&live=sse'), { headers })
    expect(await second.saw('[3]')).not.toMatch(/\[[12]\]/)
  })

  test('are read over a WebSocket', async () => {
    await append('socket', '[1]')
    const socket = await openSocket(mounted.url)
    socket.send({ t: 'sub', id: 1, s: 'socket', o: '-1' })
    expect(await socket.next('subok')).toMatchObject({ id: 1, tail: 1 })
    expect(await socket.next('m')).toMatchObject({ n: 1, d: [1] })
    await append('socket', '[2]')
    expect(await socket.next('m')).toMatchObject({ n: 2, d: [2] })
  })

  test('leave everything else to whoever it belongs to', async () => {
    const elsewhere = await mounted.ask(`${mounted.url}/`)
    expect([elsewhere.status, await elsewhere.ended()]).toEqual([200, 'elsewhere'])
    const nowhere = await mounted.ask(`${mounted.url}/nowhere`, { method: 'POST', headers: json, body: '{}' })
    expect(nowhere.status).toBe(404)
    for (const answer of [elsewhere, nowhere]) expect(answer.headers).not.toHaveProperty('statewire-protocol')
    expect(await nowhere.ended()).not.toContain('urn:statewire')
  })

  test('refuse 10 MB, announced or not, and go on', async () => {
    const body = Buffer.alloc(10_000_000, '1')
    const announced = { method: 'POST', headers: { ...json, 'content-length': String(body.length) }, body }
    const chunked = { method: 'POST', headers: { ...json, 'transfer-encoding': 'chunked' }, body }
    await append('small', '[1]')
    for (const upload of [announced, chunked]) {
      // HTTP/2 knows no chunked bodies, and what is mounted there still speaks HTTP/1.1.
      const answer = await ask(at('small'), upload)
      expect(answer.status).toBe(413)
      expect(JSON.parse(await answer.saw('}'))).toMatchObject({ code: 'too_large' })
    }
    const page = await mounted.ask(at('small', '?offset=-1'))
    expect(await page.ended()).toBe('[1]')
  })
})
