import { expect } from 'vitest'
import { badInput } from './bad-input.ts'
import { expectProblem } from './expectations.ts'
import type { RawAnswer } from './raw-http.ts'
import { type Rig, STEADY, TOKENS } from './rig.ts'

const JSON_TYPE = 'Content-Type: application/json'
const MODES = ['', '&live=long-poll', '&live=sse', '&live=ndjson']

const BAD_PATHS = [
  '',
  '..',
  '.',
  'a/../b',
  'a/./b',
  '../../v1/stream/steady',
  '%2e%2e',
  '%2E%2E/steady',
  'a/%2e%2e/steady',
  'a%2fb',
  'a%2Fb',
  '%00',
  'steady%00',
  'steady%00.json',
  '/',
  'a//b',
  'a/',
  '/steady',
  'a\\b',
  'a%5cb',
  '..%5c..%5csteady',
  '%c0%ae%c0%ae',
  '%c0%af',
  '%e0%80%af',
  '%ff',
  '%',
  '%2',
  '%zz',
  '%252e%252e',
  'a;b=c',
  'a:b',
  'a%0d%0ab',
  'a%20b',
  '%c3%a4',
  '\u00e4',
  'x'.repeat(129),
  Array(9).fill('a').join('/'),
  Array(5).fill('x'.repeat(102)).join('/').slice(0, 513),
]

badInput('B31', 'a path that is not 1 to 8 plain segments is refused with 400, for whatever method', async (rig) => {
  for (const path of BAD_PATHS)
    for (const [method, details] of [
      ['PUT', { headers: [JSON_TYPE], body: '[1]' }],
      ['POST', { headers: [JSON_TYPE], body: '[1]' }],
      ['GET', {}],
      ['DELETE', {}],
    ] as const) {
      const answer = await rig.ask(method, `/v1/stream/${path}`, details)
      expect([path, method, answer.status]).toEqual([path, method, 400])
    }
})

badInput('B31', 'such a path in a frame is refused, and the connection stays', async (rig) => {
  const peer = await rig.greet()
  for (const [id, s] of [
    '',
    '..',
    'a//b',
    'a/../steady',
    'a%2fb',
    'a\\b',
    'a\u0000',
    'a\u00e4',
    'a b',
    'x'.repeat(129),
  ].entries()) {
    if (id % 5 === 4) rig.clock.advance(10_000)
    peer.say({ t: 'sub', id, s, o: '-1' })
    expect(await peer.until((frame) => frame.id === id)).toMatchObject({ t: 'err', code: 'bad_path' })
    peer.say({ t: 'pub', s, pid: 'p', e: 0, q: id, d: [1] })
    expect(await peer.until((frame) => frame.q === id || frame.t === 'bye')).toMatchObject({
      t: 'nack',
      code: 'not_found',
    })
  }
})

badInput('B31', 'a path of 512 bytes in eight segments is taken', async (rig) => {
  const path = [...Array<string>(7).fill('x'.repeat(63)), 'x'.repeat(64)].join('/')
  expect(path).toHaveLength(512)
  expect((await rig.ask('GET', `/v1/stream/${path}?offset=-1`)).status).toBe(404)
})

badInput(
  'B32',
  'the reserved first segment is answered with 404, and creates nothing',
  async (rig) => {
    for (const path of ['__ds', '__ds/steady', '__ds/a/b', '%5f%5fds/a'])
      for (const method of ['PUT', 'POST', 'GET', 'DELETE'])
        expect(
          (
            await rig.ask(method, `/v1/stream/${path}`, {
              headers: [JSON_TYPE],
              body: method === 'GET' ? undefined : '[1]',
            })
          ).status,
        ).toBe(404)
  },
  { server: { autoCreate: true } },
)

const GOOD_OFFSET = '0123456789abcdef_0001_0000000000000001'

const BAD_OFFSETS = [
  'offset=',
  'offset=-1&offset=-1',
  'offset=now&offset=-1',
  'offset=1,2',
  'offset=%20-1',
  'offset=-1%20',
  'offset=-1%0a',
  'offset=-1%0d%0aX-Evil:%201',
  'offset=%00',
  'offset=-2',
  'offset=--1',
  'offset=+1',
  'offset=0',
  'offset=NOW',
  'offset=null',
  `offset=${GOOD_OFFSET.toUpperCase()}`,
  `offset=${GOOD_OFFSET}0`,
  `offset=${GOOD_OFFSET}%2B1`,
  `offset=${GOOD_OFFSET.slice(1)}`,
  `offset=${GOOD_OFFSET}%0a`,
  `offset=${GOOD_OFFSET.slice(0, -16)}9007199254740993`,
  `offset=${'a'.repeat(10_240)}`,
]

for (const mode of MODES)
  badInput(
    'B33',
    `an offset of any other form is refused with 400 bad_offset${mode && `, with ${mode.slice(1)}`}`,
    async (rig) => {
      for (const query of BAD_OFFSETS) {
        const answer = await rig.ask('GET', `/v1/stream/${STEADY}?${query}${mode}`)
        expect([query.slice(0, 80), answer.status]).toEqual([query.slice(0, 80), 400])
        expectProblem(answer, 400, 'bad_offset')
      }
    },
  )

badInput('B33', 'such an offset in a frame is refused, and the connection stays', async (rig) => {
  const peer = await rig.greet()
  for (const [id, o] of ['', '-2', 'NOW', '-1,now', '-1\n', GOOD_OFFSET.toUpperCase(), `${GOOD_OFFSET}0`].entries()) {
    peer.say({ t: 'sub', id, s: STEADY, o })
    expect(await peer.until((frame) => frame.id === id)).toMatchObject({ t: 'err', code: 'bad_offset' })
  }
})

/** Where a stream ends. */
async function tailOf(rig: Rig, path: string): Promise<string> {
  const page = await rig.ask('GET', `/v1/stream/${path}?offset=now`, { token: TOKENS.steady })
  return page.headers.get('stream-next-offset') ?? ''
}

/** Asks from this offset in every way there is, and expects the same reset each time. */
async function expectReset(rig: Rig, path: string, offset: string, reason: string, lost: unknown): Promise<void> {
  for (const mode of MODES) {
    const answer = await rig.ask('GET', `/v1/stream/${path}?offset=${offset}${mode}`)
    expectProblem(answer, 410, 'position_gone')
    expectResetHeaders(answer, reason)
    expect(JSON.parse(answer.body)).toMatchObject({ reset: reason, lost })
  }
  const event = await rig.ask('GET', `/v1/stream/${path}?offset=${offset}&live=sse&errors=event`)
  expect([event.status, event.body]).toEqual([200, expect.stringContaining(`"streamReset":"${reason}"`)])
  const peer = await rig.greet()
  peer.say({ t: 'sub', id: 5, s: path, o: offset })
  expect(await peer.until(({ id }) => id === 5)).toMatchObject({ t: 'reset', why: reason, lost })
}

function expectResetHeaders({ headers }: RawAnswer, reason: string): void {
  const form = /^[0-9a-f]{16}_[0-9a-f]{4}_[0-9]{16}$/
  expect([headers.get('stream-reset'), headers.get('cache-control')]).toEqual([reason, 'no-store'])
  expect(headers.get('stream-earliest-offset')).toMatch(form)
  expect(headers.get('stream-next-offset')).toMatch(form)
}

badInput('B34', 'an offset of another stream is answered with a reset, never with records', async (rig) => {
  await rig.seed('bad/one', '["kept"]')
  await rig.seed('bad/target', '["kept"]')
  await expectReset(rig, 'bad/target', await tailOf(rig, 'bad/one'), 'generation', null)
})

badInput('B34', 'an offset of a stream that was deleted and made again is answered with a reset', async (rig) => {
  await rig.seed('bad/target', '["old"]')
  const old = await tailOf(rig, 'bad/target')
  expect((await rig.ask('DELETE', '/v1/stream/bad/target')).status).toBe(204)
  await rig.seed('bad/target', '["new"]')
  await expectReset(rig, 'bad/target', old, 'generation', null)
})

badInput('B35', 'an offset beyond the tail is answered with a reset, however far', async (rig) => {
  await rig.seed('bad/target', '["kept"]')
  const tail = await tailOf(rig, 'bad/target')
  for (const seq of ['0000000000000002', '9007199254740991'])
    await expectReset(rig, 'bad/target', tail.slice(0, -16) + seq, 'truncated', null)
})

badInput(
  'B36',
  'an offset before what is kept is answered with a reset, which counts what is lost',
  async (rig) => {
    await rig.seed('bad/target', JSON.stringify(Array.from({ length: 10 }, (_, at) => at + 1)))
    const tail = await tailOf(rig, 'bad/target')
    const after = (seq: number) => tail.slice(0, -16) + String(seq).padStart(16, '0')
    await rig.store.trim('bad/target', { through: 7 })
    await expectReset(rig, 'bad/target', after(3), 'trimmed', 4)
    await expectReset(rig, 'bad/target', after(0), 'trimmed', 7)
    expect((await rig.ask('GET', `/v1/stream/bad/target?offset=${after(7)}`)).body).toBe('[8,9,10]')
  },
  { changes: ['bad/target'] },
)

badInput('B37', 'an unknown live mode, and a live read without an offset, are refused with 400', async (rig) => {
  for (const live of ['foo', '', 'SSE', 'sse,ndjson', 'sse%0d%0a', 'websocket', 'constructor'])
    expectProblem(await rig.ask('GET', `/v1/stream/${STEADY}?offset=-1&live=${live}`), 400, 'bad_live_mode')
  for (const live of ['sse', 'ndjson', 'long-poll'])
    expectProblem(await rig.ask('GET', `/v1/stream/${STEADY}?live=${live}`), 400, 'offset_required')
})

badInput(
  'B38',
  'a Last-Event-ID of another form is refused with 400: from the start it would deliver everything twice',
  async (rig) => {
    for (const id of [
      'canary',
      '0',
      'now',
      '-2',
      '1, 2',
      GOOD_OFFSET.toUpperCase(),
      `${GOOD_OFFSET}0`,
      'a'.repeat(8_000),
    ])
      expectProblem(
        await rig.ask('GET', `/v1/stream/${STEADY}?offset=-1&live=sse`, { headers: [`Last-Event-ID: ${id}`] }),
        400,
        'bad_offset',
      )
  },
)

badInput('B39', 'a cursor that is no number is refused with 400', async (rig) => {
  for (const mode of ['&live=long-poll', '&live=sse'])
    for (const cursor of ['x', '', '-1', '1.5', '1e3', '+1', '%201', '0x10', '1'.padEnd(31, '0'), '9007199254740993'])
      expect([cursor, (await rig.ask('GET', `/v1/stream/${STEADY}?offset=-1${mode}&cursor=${cursor}`)).status]).toEqual(
        [cursor, 400],
      )
})
