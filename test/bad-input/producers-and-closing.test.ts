import { expect } from 'vitest'
import { badInput } from './bad-input.ts'
import { expectProblem } from './expectations.ts'
import { type Rig, TOKENS } from './rig.ts'

const PATH = 'bad/target'
const TARGET = `/v1/stream/${PATH}`
const JSON_TYPE = 'Content-Type: application/json'
const CHANGES = { changes: [PATH] }

/** How many repeats came with another body than the first. */
const mismatches = (rig: Rig): number =>
  rig.witness.meter.sum('statewire.server.duplicates', { 'statewire.match': 'other body' })

interface Tuple {
  readonly id?: string | undefined
  readonly epoch?: string | number | undefined
  readonly seq?: string | number | undefined
}

function producer({ id, epoch, seq }: Tuple): string[] {
  const named = { 'Producer-Id': id, 'Producer-Epoch': epoch, 'Producer-Seq': seq }
  return Object.entries(named).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]))
}

const append = (rig: Rig, body: string, tuple: Tuple, more: readonly string[] = [], token: string = TOKENS.mallory) =>
  rig.ask('POST', TARGET, { headers: [JSON_TYPE, ...producer(tuple), ...more], body, token })

const WHOLE = { id: 'p', epoch: 0, seq: 0 }

badInput('B46', 'one or two of the three producer headers are refused with 400', async (rig) => {
  await rig.seed(PATH, '["kept"]')
  const { id, epoch, seq } = WHOLE
  for (const tuple of [{ id }, { epoch }, { seq }, { id, epoch }, { id, seq }, { epoch, seq }])
    expectProblem(await append(rig, '["canary"]', tuple), 400, 'bad_producer')
  expect(await rig.stored(PATH)).toBe('["kept"]')
})

const NO_INTEGERS = [
  '-1',
  '01',
  '00',
  '1.0',
  '1e3',
  '9007199254740992',
  'NaN',
  '',
  '+1',
  ' ',
  '0x1',
  '1 1',
  'Infinity',
  '\u00b2',
]

badInput(
  'B47',
  'an epoch or a sequence that is no whole number from 0 to 2^53 - 1 is refused with 400',
  async (rig) => {
    await rig.seed(PATH, '["kept"]')
    for (const value of NO_INTEGERS)
      for (const tuple of [
        { ...WHOLE, epoch: value },
        { ...WHOLE, seq: value },
      ])
        expect([tuple, (await append(rig, '["canary"]', tuple)).status]).toEqual([tuple, 400])
    for (const id of ['', 'canary canary', 'p'.repeat(129), 'p/q', '\u00e4', 'p,q'])
      expect([id, (await append(rig, '["canary"]', { ...WHOLE, id })).status]).toEqual([id, 400])
    expect(await rig.stored(PATH)).toBe('["kept"]')
  },
)

badInput(
  'B48',
  'a stale epoch is refused with 403, an epoch that starts at 5 with 400, a gap with 409; a repeat gets 204',
  async (rig) => {
    await rig.seed(PATH, '["kept"]')
    expect((await append(rig, '["one"]', { id: 'p', epoch: 3, seq: 0 })).status).toBe(200)
    const stale = await append(rig, '["canary"]', { id: 'p', epoch: 2, seq: 1 })
    expectProblem(stale, 403, 'stale_epoch')
    expect(stale.headers.get('producer-epoch')).toBe('3')
    expectProblem(await append(rig, '["canary"]', { id: 'p', epoch: 4, seq: 5 }), 400, 'epoch_start')
    const gap = await append(rig, '["canary"]', { id: 'p', epoch: 3, seq: 7 })
    expectProblem(gap, 409, 'producer_gap')
    expect([gap.headers.get('producer-expected-seq'), gap.headers.get('producer-received-seq')]).toEqual(['1', '7'])
    const repeat = await append(rig, '["one"]', { id: 'p', epoch: 3, seq: 0 })
    expect([repeat.status, repeat.headers.get('producer-seq'), repeat.body]).toEqual([204, '0', ''])
    expect(await rig.stored(PATH)).toBe('["kept","one"]')
  },
  CHANGES,
)

badInput(
  'B48',
  'the same over WebSocket: fenced, gap and dup',
  async (rig) => {
    await rig.seed(PATH, '["kept"]')
    const peer = await rig.greet()
    const pub = { t: 'pub', s: PATH, pid: 'p', d: ['one'] }
    const answerTo = async (e: number, q: number, d: unknown) => {
      peer.say({ ...pub, e, q, d })
      const seen = peer.received.length
      return peer.until((frame) => peer.received.indexOf(frame) >= seen && frame.e === e && frame.q === q)
    }
    expect(await answerTo(3, 0, ['one'])).toMatchObject({ t: 'ack', dup: false })
    expect(await answerTo(2, 1, ['canary'])).toMatchObject({ t: 'nack', code: 'fenced', epoch: 3 })
    expect(await answerTo(4, 5, ['canary'])).toMatchObject({ t: 'nack', code: 'gap', want: 0 })
    expect(await answerTo(3, 7, ['canary'])).toMatchObject({ t: 'nack', code: 'gap', want: 1 })
    expect(await answerTo(3, 0, ['one'])).toMatchObject({ t: 'ack', dup: true })
    expect(await rig.stored(PATH)).toBe('["kept","one"]')
  },
  CHANGES,
)

badInput(
  'B48',
  'a hundred repeats of one tuple at once are appended once',
  async (rig) => {
    await rig.seed(PATH, '["kept"]')
    const answers = await Promise.all(Array.from({ length: 100 }, () => append(rig, '["one"]', WHOLE)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(99).fill(204)])
    expect(await rig.stored(PATH)).toBe('["kept","one"]')
  },
  CHANGES,
)

badInput(
  'B49',
  'the same tuple with another body gets 204, and the first body is kept',
  async (rig) => {
    await rig.seed(PATH, '["kept"]')
    expect((await append(rig, '["first"]', WHOLE)).status).toBe(200)
    const before = mismatches(rig)
    expect((await append(rig, '["canary"]', WHOLE)).status).toBe(204)
    expect(mismatches(rig)).toBe(before + 1)
    expect((await append(rig, '["first"]', WHOLE)).status).toBe(204)
    expect(mismatches(rig)).toBe(before + 1)
    expect(await rig.stored(PATH)).toBe('["kept","first"]')
  },
  CHANGES,
)

badInput(
  'B50',
  'a producer id of somebody else is refused with 403, which tells nothing about it',
  async (rig) => {
    await rig.seed(PATH, '["kept"]')
    expect((await append(rig, '["one"]', { id: 'p', epoch: 3, seq: 0 })).status).toBe(200)
    for (const [epoch, seq] of [
      [3, 0],
      [3, 1],
      [2, 0],
      [4, 0],
      [4, 5],
      [3, 9],
    ]) {
      const answer = await append(rig, '["canary"]', { id: 'p', epoch, seq }, [], TOKENS.trudy)
      expectProblem(answer, 403, 'producer_owned')
      expect([...answer.headers.keys()].filter((name) => name.startsWith('producer-'))).toEqual([])
    }
    const peer = await rig.greet(TOKENS.trudy)
    peer.say({ t: 'pub', s: PATH, pid: 'p', e: 4, q: 0, d: ['canary'] })
    const nack = await peer.until(({ t }) => t === 'nack')
    expect([nack.code, nack.epoch, nack.want]).toEqual(['owned', undefined, undefined])
    expect((await append(rig, '["two"]', { id: 'p', epoch: 3, seq: 1 })).status).toBe(200)
    expect(await rig.stored(PATH)).toBe('["kept","one","two"]')
  },
  CHANGES,
)

badInput(
  'B51',
  'an append to a closed stream is refused with 409, closing again is not, and a PUT cannot open it',
  async (rig) => {
    await rig.seed(PATH, '["kept"]', 'application/json', ['Stream-Closed: true'])
    for (const tuple of [{}, WHOLE]) {
      const answer = await append(rig, '["canary"]', tuple)
      expectProblem(answer, 409, 'closed')
      expect(answer.headers.get('stream-closed')).toBe('true')
    }
    for (let times = 0; times < 2; times++)
      expect((await rig.ask('POST', TARGET, { headers: ['Stream-Closed: true'], body: '' })).status).toBe(204)
    expectProblem(await append(rig, '["canary"]', {}, ['Stream-Closed: true']), 409, 'closed')
    const opened = await rig.ask('PUT', TARGET, { headers: [JSON_TYPE] })
    expectProblem(opened, 409)
    const peer = await rig.greet()
    peer.say({ t: 'pub', s: PATH, pid: 'q', e: 0, q: 0, d: ['canary'] })
    expect(await peer.until(({ t }) => t === 'nack')).toMatchObject({ code: 'closed' })
    expect(await rig.stored(PATH)).toBe('["kept"]')
  },
)

const BAD_EXPIRIES = [
  ...['01', '+1', '1.5', '1e3', '-1', '1'.padEnd(21, '0'), '', 'canary', '1 1', '0x10', '9007199254740992'].map(
    (ttl) => [`Stream-TTL: ${ttl}`],
  ),
  ['Stream-TTL: 60', 'Stream-Expires-At: 2026-01-02T00:00:00Z'],
  ...[
    '2025-12-31T23:59:59Z',
    '1970-01-01T00:00:00Z',
    'tomorrow',
    '',
    '2026-02-30T00:00:00Z',
    '1767312000',
    '2026-01-02',
    'canary',
  ].map((at) => [`Stream-Expires-At: ${at}`]),
]

badInput(
  'B52',
  'an expiry that is malformed, past or said in two ways is refused with 400, and nothing is created',
  async (rig) => {
    for (const headers of BAD_EXPIRIES)
      expect([headers, (await rig.ask('PUT', TARGET, { headers: [JSON_TYPE, ...headers] })).status]).toEqual([
        headers,
        400,
      ])
  },
)

badInput('B53', 'a header value with CR, LF or NUL in it is refused with 400', async (rig) => {
  for (const break_ of ['\r', '\n', '\u0000', '\r\r\n', '\u0000\r\n'])
    for (const name of ['Content-Type', 'Stream-Seq', 'X-Canary', 'Authorization']) {
      const text = `PUT ${TARGET} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer ${TOKENS.mallory}\r\n`
      const [answer, ...more] = await rig.send(`${text}${name}: text/plain${break_}canary\r\nContent-Length: 0\r\n\r\n`)
      expect([name, break_, answer?.status, more]).toEqual([name, break_, 400, []])
    }
})

badInput('B53', 'what could split a header of ours is refused with 400, and stored nowhere', async (rig) => {
  for (const type of ['text/plain\r\n Set-Cookie: a=b', 'text/\u00e9', 'text/plain;\u007f'])
    expect((await rig.ask('PUT', TARGET, { headers: [`Content-Type: ${type}`] })).status).toBe(400)
})

badInput('B53', '101 headers, or 17 KiB of them, are refused with 431', async (rig) => {
  const many = (count: number) => Array.from({ length: count }, (_, at) => `X-Canary-${at}: 1`)
  for (const headers of [
    many(101),
    many(1_900),
    [`X-Canary: ${'x'.repeat(17 * 1024)}`],
    [`${'X'.repeat(17 * 1024)}: 1`],
  ]) {
    const [answer, ...more] = await rig.send(requestWith(headers))
    expect([headers.length, answer?.status, more]).toEqual([headers.length, 431, []])
  }
  // Beside the three that every request here has.
  expect((await rig.send(requestWith(many(97))))[0]?.status).toBe(404)
})

function requestWith(headers: readonly string[]): string {
  const own = ['Host: localhost', 'Connection: close', `Authorization: Bearer ${TOKENS.mallory}`]
  return [`GET ${TARGET}?offset=-1 HTTP/1.1`, ...own, ...headers, '', ''].join('\r\n')
}

badInput(
  'B54',
  'an idempotency key with another body, or of somebody else, is refused with 409; a repeat gets 204',
  async (rig) => {
    await rig.seed(PATH, '["kept"]')
    const key = ['Idempotency-Key: k1']
    expect((await append(rig, '["one"]', {}, key)).status).toBe(204)
    expectProblem(await append(rig, '["canary"]', {}, key), 409, 'idempotency_mismatch')
    expectProblem(await append(rig, '["one"]', {}, key, TOKENS.trudy), 409, 'idempotency_mismatch')
    expect((await append(rig, '["one"]', {}, key)).status).toBe(204)
    expect((await append(rig, '["one"]', {}, ['Idempotency-Key: k2'])).status).toBe(204)
    expect(await rig.stored(PATH)).toBe('["kept","one","one"]')
  },
  CHANGES,
)
