import { expect } from 'vitest'
import { openRead } from '../../src/server/testing/rig.ts'
import { badInput } from './bad-input.ts'
import { expectProblem } from './expectations.ts'
import type { RawPeer } from './raw-peer.ts'
import { type Rig, TOKENS } from './rig.ts'

const TARGET = 'bad/target'
const CHANGES = { changes: [TARGET] }

/** Sends one frame, and then asks for a sign of life: what came before that is what the frame led to. */
async function answersTo(peer: RawPeer, frame: unknown) {
  const before = peer.received.length
  peer.say(frame)
  const k = `mark ${before}`
  peer.say({ t: 'ping', k })
  await peer.until((pong) => pong.k === k)
  return peer.received.slice(before, -1)
}

for (const text of [
  '',
  ' ',
  'canary',
  '[]',
  '[{"t":"ping"}]',
  'null',
  '42',
  '"ping"',
  '{"t":"ping"',
  '{"t":"ping"}x',
  '\ufeff{"t":"ping"}',
])
  badInput('B23', `a text that is no JSON object closes with 4000: ${JSON.stringify(text)}`, async (rig) => {
    const peer = await rig.greet()
    peer.say(text)
    expect((await peer.closed).code).toBe(4000)
  })

badInput('B24', 'a frame of unknown type is answered, and the connection stays', async (rig) => {
  const peer = await rig.greet()
  for (const t of ['canary', 'constructor', '__proto__', 'toString', ''])
    expect(await answersTo(peer, { t, id: 7 })).toEqual([
      expect.objectContaining({ t: 'err', id: 7, code: 'unknown_type' }),
    ])
})

badInput('B24', 'ten of them within 10 s close with 4000; nine, and nine later, do not', async (rig) => {
  const peer = await rig.greet()
  for (let count = 0; count < 9; count++) await answersTo(peer, { t: 'canary' })
  rig.clock.advance(10_001)
  for (let count = 0; count < 9; count++) await answersTo(peer, { t: 'canary' })
  peer.say({ t: 'canary' })
  expect((await peer.closed).code).toBe(4000)
})

const SUB = { t: 'sub', id: 1, s: 'steady', o: '-1' }
const PUB = { t: 'pub', s: TARGET, pid: 'p', e: 0, q: 0, d: ['canary-payload'] }

/** Frames with one field wrong, and which. */
const WRONG: readonly [field: string, frame: unknown][] = [
  ['s', { ...SUB, s: undefined }],
  ['s', { ...SUB, s: 42 }],
  ['s', { ...SUB, s: 'canary'.repeat(100) }],
  ['o', { ...SUB, o: 5 }],
  ['o', { ...SUB, o: null }],
  ['max', { ...SUB, max: 0 }],
  ['secret', { ...SUB, secret: 'canary-value' }],
  ['__proto__', '{"t":"sub","id":1,"s":"steady","o":"-1","__proto__":"canary"}'],
  ['id', { ...SUB, id: undefined }],
  ['d', { ...PUB, d: undefined }],
  ['d', { ...PUB, d: [] }],
  ['d', { ...PUB, d: 'canary' }],
  ['d', { ...PUB, b: ['AA=='] }],
  ['b', { ...PUB, d: undefined, b: ['canary?'] }],
  ['b', { ...PUB, d: undefined, b: [7] }],
  ['pid', { ...PUB, pid: 'canary with spaces' }],
  ['pid', { ...PUB, pid: 'p'.repeat(129) }],
  ['e', { ...PUB, e: -1 }],
  ['q', { ...PUB, q: 1.5 }],
  ['q', { ...PUB, q: '0' }],
  ['close', { ...PUB, close: 'true' }],
  ['a', { t: 'unsub', id: 1 }],
  ['a', { t: 'seen', a: {}, n: 0 }],
  ['n', { t: 'seen', a: 1, n: -1 }],
  ['token', { t: 'auth', token: { canary: 1 } }],
  ['token', { t: 'auth' }],
  ['k', { t: 'ping', k: { canary: 1 } }],
  ['t', { id: 3 }],
  ['t', { t: 7 }],
]

for (const [field, frame] of WRONG)
  badInput(
    'B25',
    `a wrong field is named, its value is not: ${field} in ${JSON.stringify(frame).slice(0, 90)}`,
    async (rig) => {
      await rig.seed(TARGET, '["kept"]')
      const peer = await rig.greet()
      const [error, ...more] = await answersTo(peer, frame)
      expect(error).toMatchObject({ t: 'err', code: 'bad_frame', msg: expect.stringContaining(field) })
      expect(more).toEqual([])
    },
  )

badInput('B25', 'a pub frame of more than 1,000 records is refused', async (rig) => {
  await rig.seed(TARGET, '["kept"]')
  const peer = await rig.greet()
  peer.say({ ...PUB, d: Array(1001).fill(0) })
  expect(await peer.until(({ t }) => t === 'nack')).toMatchObject({ code: 'too_large' })
})

badInput('B25', 'a hello with a wrong field closes with 4000', async (rig) => {
  for (const wrong of [
    { agent: 5 },
    { agent: 'canary'.repeat(11) },
    { token: 5 },
    { pingMs: 'soon' },
    { caps: 'all' },
  ]) {
    const { peer } = await rig.shakeHands()
    peer.say({ t: 'hello', v: 1, token: TOKENS.mallory, ...wrong })
    expect((await peer.closed).code).toBe(4000)
  }
})

badInput('B25', 'a hello with a field that we do not know is welcome: a newer client greets so', async (rig) => {
  const { peer } = await rig.shakeHands()
  peer.say({ t: 'hello', v: 1, token: TOKENS.mallory, pingMs: 60_000, extra: 'canary' })
  expect(await peer.until(({ t }) => t === 'welcome')).toMatchObject({ v: 1 })
})

for (const id of ['-1', '1e309', '9007199254740992', '"1"', '1.5', 'null', 'true', '[1]', '{}'])
  badInput('B26', `an id has to be a whole number from 0 to 2^53 - 1: ${id}`, async (rig) => {
    const peer = await rig.greet()
    const [error] = await answersTo(peer, `{"t":"sub","id":${id},"s":"steady","o":"-1"}`)
    expect(error).toMatchObject({ t: 'err', code: 'bad_frame', msg: expect.stringContaining('id') })
    expect(error).not.toHaveProperty('id')
  })

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)

badInput('B27', 'JSON that nests too deep is refused, in a body and in a frame', async (rig) => {
  await rig.seed(TARGET, '["kept"]')
  const bodies = [
    nested(33),
    `{"a":${'{"a":'.repeat(32)}1${'}'.repeat(33)}`,
    nested(500_000),
    '['.repeat(1_000_000),
    '{"a":'.repeat(200_000),
  ]
  for (const body of bodies)
    expectProblem(
      await rig.ask('POST', `/v1/stream/${TARGET}`, { headers: ['Content-Type: application/json'], body }),
      400,
      'too_deep',
    )
  const peer = await rig.greet()
  const pub = (record: string) => `{"t":"pub","s":"${TARGET}","pid":"p","e":0,"q":0,"d":[${record}]}`
  for (const frame of [pub(nested(33)), pub(nested(32_000)), '['.repeat(65_000), '{"t":'.repeat(13_000)])
    expect(await answersTo(peer, frame)).toEqual([expect.objectContaining({ t: 'err', code: 'too_deep' })])
  expect(await rig.stored(TARGET)).toBe('["kept"]')
})

badInput(
  'B27',
  'JSON that nests as deep as it may is stored',
  async (rig) => {
    await rig.seed(TARGET, '["kept"]')
    const answer = await rig.ask('POST', `/v1/stream/${TARGET}`, {
      headers: ['Content-Type: application/json'],
      body: nested(32),
    })
    expect(answer.status).toBe(204)
    expect(await rig.stored(TARGET)).toBe(`["kept",${nested(31)}]`)
  },
  CHANGES,
)

/** Records that a careless server would change on their way. */
const FAITHFUL: readonly [number: string, what: string, record: string][] = [
  ['B28', 'duplicate keys', '{"a":1,"a":2,"":3,"":4}'],
  [
    'B28',
    'keys of Object.prototype',
    '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":2}},"toString":0}',
  ],
  ['B29', 'lone surrogates', '["\\ud800","\\udfff x","\\udc00\\ud800"]'],
  ['B29', 'U+0000', '"a\\u0000b"'],
  ['B29', 'line separators', '"a\u2028b\u2029c"'],
  ['B29', 'a byte order mark inside', '"\ufeffa\ufeff"'],
  ['B29', 'the characters that the protocols are made of', '"\\r\\n\\r\\ndata: x\\n\\nid: 1 \u0085 \u007f"'],
  [
    'B30',
    'numbers that no double holds',
    '[1e400,-1e400,1e-400,9007199254740993,0.1000000000000000055511151231257827]',
  ],
  ['B30', 'a negative zero and idle digits', '[-0,-0.0,1.0,1E5,1e+5]'],
]

for (const [number, what, record] of FAITHFUL) {
  badInput(
    number,
    `${what} in a body are stored and read byte for byte`,
    async (rig) => {
      await rig.seed(TARGET, '["kept"]')
      const headers = ['Content-Type: application/json']
      expect((await rig.ask('POST', `/v1/stream/${TARGET}`, { headers, body: `[${record}]` })).status).toBe(204)
      await expectEverywhere(rig, record)
    },
    CHANGES,
  )

  badInput(
    number,
    `${what} in a pub frame are stored and read byte for byte`,
    async (rig) => {
      await rig.seed(TARGET, '["kept"]')
      const peer = await rig.greet()
      peer.say(`{"t":"pub","s":"${TARGET}","pid":"p","e":0,"q":0,"d":[${record}]}`)
      await peer.until(({ t }) => t === 'ack')
      await expectEverywhere(rig, record)
    },
    CHANGES,
  )
}

/** The record is what each way of reading gives, and no prototype has changed. */
async function expectEverywhere(rig: Rig, record: string): Promise<void> {
  expect(await rig.stored(TARGET)).toBe(`["kept",${record}]`)
  expect((await rig.ask('GET', `/v1/stream/${TARGET}?offset=-1`)).body).toBe(`["kept",${record}]`)
  const headers = { authorization: `Bearer ${TOKENS.mallory}` }
  const at = (live: string) => `http://127.0.0.1:${rig.port}/v1/stream/${TARGET}?offset=-1&live=${live}`
  const events = await openRead(at('sse'), headers)
  const text = await events.until((sofar) => sofar.includes('"upToDate":true'))
  const data = [...text.matchAll(/^event: ?data\ndata: ?([^\n]*)\n/gm)].map(([, line]) => line)
  expect(data.join('')).toContain(`["kept",${record}]`)
  const lines = await openRead(at('ndjson'), headers)
  expect(await lines.until((sofar) => sofar.includes('"upToDate":true'))).toContain(`"v":${record}}\n`)
  for (const read of [events, lines]) read.close()
  const peer = await rig.greet()
  peer.say({ t: 'sub', id: 1, s: TARGET, o: '-1' })
  await peer.until(({ t }) => t === 'live')
  const batch = peer.received.flatMap(({ t, d }) => (t === 'm' && Array.isArray(d) ? d : []))
  expect(batch.map((value) => JSON.stringify(value))).toEqual(['"kept"', JSON.stringify(JSON.parse(record))])
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
}
