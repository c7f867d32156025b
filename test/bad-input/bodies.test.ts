import { once } from 'node:events'
import { gzipSync } from 'node:zlib'
import { expect } from 'vitest'
import { badInput } from './bad-input.ts'
import { expectProblem } from './expectations.ts'
import { answersIn, readToEnd, requestText } from './raw-http.ts'
import { type Rig, TOKENS } from './rig.ts'

const TARGET = '/v1/stream/bad/target'
const JSON_TYPE = 'Content-Type: application/json'
const BEARER = `Authorization: Bearer ${TOKENS.mallory}`
const MIB = 1024 * 1024

const post = (rig: Rig, body: string, headers: readonly string[] = [JSON_TYPE]) =>
  rig.ask('POST', TARGET, { headers, body })

async function expectKept(rig: Rig): Promise<void> {
  expect(await rig.stored('bad/target')).toBe('["kept"]')
}

badInput('B40', 'an append without a content type, without a body or of another type is refused', async (rig) => {
  await rig.seed('bad/target', '["kept"]')
  expectProblem(await post(rig, '["canary"]', []), 400, 'content_type_required')
  expectProblem(await post(rig, ''), 400, 'empty_append')
  expectProblem(await rig.ask('POST', TARGET, { headers: [JSON_TYPE] }), 400, 'empty_append')
  expectProblem(await post(rig, 'canary', ['Content-Type: text/plain']), 409, 'content_type_mismatch')
  for (const type of ['canary', '/', 'application/', 'application/json\u0001', 'application json/a'])
    expect([type, (await post(rig, '["canary"]', [`Content-Type: ${type}`])).status]).toEqual([type, 400])
  await expectKept(rig)
})

const BAD_JSON = [
  'canary',
  '{"canary":1',
  '[1,]',
  '["canary"]x',
  '["canary"][1]',
  '["canary"]\u0000',
  "['canary']",
  '[NaN]',
  '[Infinity]',
  '[01]',
  '[+1]',
  '[0x10]',
  '["\u0001"]',
  '["\\x41"]',
  '[// canary\n1]',
  '\ufeff["canary"]',
  ' ',
]

badInput('B41', 'a body that is not JSON is refused with 400, and so is a list of nothing', async (rig) => {
  await rig.seed('bad/target', '["kept"]')
  for (const body of BAD_JSON) expectProblem(await post(rig, body), 400, 'bad_json')
  expectProblem(await post(rig, '[]'), 400, 'empty_append')
  await expectKept(rig)
})

badInput('B41', 'a body that is not UTF-8 is refused with 400', async (rig) => {
  await rig.seed('bad/target', '["kept"]')
  for (const bytes of [
    [0x22, 0xff, 0x22],
    [0x22, 0xed, 0xa0, 0x80, 0x22],
    [0x22, 0xe2, 0x82],
    [0x22, 0xc0, 0xaf, 0x22],
  ]) {
    const head = requestText('POST', TARGET, [
      'Connection: close',
      JSON_TYPE,
      BEARER,
      `Content-Length: ${bytes.length}`,
    ])
    const [answer] = await rig.send(Buffer.concat([Buffer.from(head), Buffer.from(bytes)]))
    expectProblem(answer, 400, 'invalid_utf8')
  }
  await expectKept(rig)
})

/** JSON of exactly so many bytes. */
const jsonOf = (bytes: number): string => `"${'x'.repeat(bytes - 2)}"`

badInput(
  'B42',
  'a body of a mebibyte is stored',
  async (rig) => {
    await rig.seed('bad/target', '["kept"]')
    expect((await post(rig, jsonOf(MIB))).status).toBe(204)
    expect((await rig.stored('bad/target')).length).toBe(MIB + '["kept",]'.length)
  },
  { changes: ['bad/target'] },
)

badInput('B42', 'a longer one is refused with 413 from what it announces, before any of it is read', async (rig) => {
  await rig.seed('bad/target', '["kept"]')
  for (const length of [MIB + 1, 2 ** 40]) {
    const head = requestText('POST', TARGET, [JSON_TYPE, BEARER, `Content-Length: ${length}`])
    const [answer, ...more] = await rig.sendUnread(head)
    expectProblem(answer, 413, 'too_large')
    expect([answer?.headers.get('connection'), more]).toEqual(['close', []])
  }
  await expectKept(rig)
})

badInput('B42', 'a longer one that announces nothing is refused with 413, and its rest is not read', async (rig) => {
  await rig.seed('bad/target', '["kept"]')
  const socket = await rig.connect()
  const all = readToEnd(socket)
  socket.write(requestText('POST', TARGET, [JSON_TYPE, BEARER, 'Transfer-Encoding: chunked']))
  const piece = Buffer.alloc(64 * 1024, 'x')
  const chunk = Buffer.concat([Buffer.from('10000\r\n'), piece, Buffer.from('\r\n')])
  for (let sent = 0; sent < 64 * MIB; sent += piece.length) socket.write(chunk)
  // The server leaves the socket alone for a second, so that its answer is not overtaken by a reset.
  await once(socket, 'data')
  const own = rig.serverSideOf(socket)
  rig.clock.advance(1_000)
  expectProblem(answersIn(await all)[0], 413, 'too_large')
  expect(own.bytesRead).toBeLessThan(2 * MIB)
  await expectKept(rig)
})

badInput('B42', 'Expect: 100-continue with too long a body is answered with 413 and never with 100', async (rig) => {
  await rig.seed('bad/target', '["kept"]')
  const head = requestText('POST', TARGET, [JSON_TYPE, BEARER, 'Expect: 100-continue', `Content-Length: ${MIB + 1}`])
  expect((await rig.sendUnread(head)).map(({ status }) => status)).toEqual([413])
  await expectKept(rig)
})

badInput('B43', 'a body that is announced and never comes whole is refused with 408 after 30 s', async (rig) => {
  await rig.seed('bad/target', '["kept"]')
  const answers: Promise<Buffer>[] = []
  for (const body of ['', '"', '["canary"]']) {
    const socket = await rig.connect()
    answers.push(readToEnd(socket))
    socket.write(requestText('POST', TARGET, [JSON_TYPE, BEARER, 'Content-Length: 11'], body))
  }
  await rig.bystanders.beats(3)
  rig.clock.advance(30_000)
  await rig.bystanders.beats(3)
  rig.clock.advance(1_000)
  for (const answer of answers) expectProblem(answersIn(await answer)[0], 408)
  await expectKept(rig)
})

badInput('B43', 'a client that goes away in the middle of its body appends nothing', async (rig) => {
  await rig.seed('bad/target', '["kept"]')
  const socket = await rig.connect()
  socket.write(requestText('POST', TARGET, [JSON_TYPE, BEARER, 'Content-Length: 11'], '["canary"]'))
  await rig.bystanders.beats(3)
  socket.resetAndDestroy()
  await rig.bystanders.beats(3)
  await expectKept(rig)
})

badInput(
  'B44',
  'a length that is said twice, or in two ways, is refused with 400 and the connection closed',
  async (rig) => {
    await rig.seed('bad/target', '["kept"]')
    const body = '0\r\n\r\n'
    for (const lengths of [
      ['Content-Length: 5', 'Transfer-Encoding: chunked'],
      ['Transfer-Encoding: chunked', 'Content-Length: 5'],
      ['Content-Length: 5', 'Content-Length: 6'],
      ['Content-Length: 5', 'Content-Length: 5'],
      ['Content-Length: 5, 5'],
    ]) {
      const [answer, ...more] = await rig.send(requestText('POST', TARGET, [JSON_TYPE, BEARER, ...lengths], body))
      expect([lengths, answer?.status, more]).toEqual([lengths, 400, []])
    }
    await expectKept(rig)
  },
)

badInput('B44', 'a chunk whose size is no number is refused with 400 and the connection closed', async (rig) => {
  await rig.seed('bad/target', '["kept"]')
  for (const size of ['x', '-1', '+5', '0x5', '5 5', '', 'ffffffffffffffffff', '5;'.padEnd(20_000, 'x')]) {
    const head = requestText('POST', TARGET, [JSON_TYPE, BEARER, 'Transfer-Encoding: chunked'])
    const [answer, ...more] = await rig.send(`${head}${size}\r\n"abc"\r\n0\r\n\r\n`)
    expect([size.slice(0, 20), [400, 413].includes(answer?.status ?? 0), more]).toEqual([size.slice(0, 20), true, []])
  }
  await expectKept(rig)
})

badInput('B45', 'a compressed body is refused with 415 and never inflated', async (rig) => {
  await rig.seed('bad/target', '["kept"]')
  const bomb = gzipSync(Buffer.alloc(64 * MIB, 0x20))
  const before = process.memoryUsage().rss
  for (const encoding of [
    'gzip',
    'GZIP',
    'deflate',
    'br',
    'zstd',
    'x-gzip',
    'identity, gzip',
    'gzip, identity',
    'canary',
  ]) {
    const headers = [
      JSON_TYPE,
      BEARER,
      `Content-Encoding: ${encoding}`,
      'Connection: close',
      `Content-Length: ${bomb.length}`,
    ]
    const [answer] = await rig.send(requestText('POST', TARGET, headers), bomb)
    expectProblem(answer, 415, 'content_encoding')
  }
  expect(process.memoryUsage().rss - before).toBeLessThan(32 * MIB)
  await expectKept(rig)
})
