import { describe, expect, test } from 'vitest'
import { expectNoEffectOnOthers } from './bad-input.ts'
import { HUNDRED } from './bystanders.ts'
import { UPGRADE } from './raw-peer.ts'
import { type Rig, TOKENS, withRig } from './rig.ts'

const TARGET = '/v1/stream/bad/target'
const BEARER = `Authorization: Bearer ${TOKENS.mallory}`
const JSON_TYPE = 'Content-Type: application/json'
const CHUNKED = 'Transfer-Encoding: chunked'

const BESIDE = { crowd: HUNDRED, patienceMs: 50_000 }

/** What is to be smuggled in: it would succeed, were it ever taken for a request. */
const SMUGGLED = ['DELETE', TARGET, 'HTTP/1.1\r\nHost: localhost\r\n', BEARER, '\r\n\r\n']
  .join(' ')
  .replaceAll('\r\n ', '\r\n')

/**
 * What is sent, and the statuses that may come back, in order: never one more, which would be the smuggled request's. After the
 * first the server may close instead.
 */
interface Vector {
  readonly name: string
  readonly bytes: string
  readonly statuses: readonly (readonly number[])[]
}

const REFUSED = [[400, 413, 431, 501]]

/** A POST with these headers, whose body has a request in it. */
const post = (
  name: string,
  headers: readonly string[],
  body = `0\r\n\r\n${SMUGGLED}`,
  statuses: Vector['statuses'] = REFUSED,
): Vector => ({
  name,
  bytes: [`POST ${TARGET} HTTP/1.1`, 'Host: localhost', BEARER, JSON_TYPE, ...headers, '', body].join('\r\n'),
  statuses,
})

const length = Buffer.byteLength(SMUGGLED)

const LENGTHS = [
  post('CL.TE', ['Content-Length: 5', CHUNKED]),
  post('TE.CL', [CHUNKED, 'Content-Length: 5']),
  post(
    'TE.CL with a whole chunk',
    [CHUNKED, 'Content-Length: 4'],
    `${length.toString(16)}\r\n${SMUGGLED}\r\n0\r\n\r\n`,
  ),
  post('two lengths', ['Content-Length: 5', `Content-Length: ${length + 5}`]),
  post('the same length twice', ['Content-Length: 5', 'Content-Length: 5']),
  post('a list of lengths', ['Content-Length: 5, 5']),
  ...[
    '+5',
    '-5',
    '0x5',
    '5 5',
    '5;',
    '5\u000b',
    '1e1',
    '',
    '5.0',
    'five',
    '99999999999999999999',
    '18446744073709551621',
  ].map((value) => post(`a length of ${JSON.stringify(value)}`, [`Content-Length: ${value}`])),
  post('a length with a space before its colon', ['Content-Length : 5']),
  post('a length folded into the next line', ['Content-Length:', ' 5']),
]

const ENCODINGS = [
  ...[
    'Transfer-Encoding: xchunked',
    'Transfer-Encoding: chunkedx',
    'Transfer-Encoding: chunked, identity',
    'Transfer-Encoding: chunked, chunked',
    'Transfer-Encoding: "chunked"',
    'Transfer-Encoding: chunked;q=1',
    'Transfer-Encoding:\u000bchunked',
    'Transfer-Encoding: \u000cchunked',
    'Transfer-Encoding: chunked\u0000',
    'Transfer-Encoding : chunked',
    'Transfer-Encoding\t: chunked',
    ' Transfer-Encoding: chunked',
    'Transfer-Encoding:\r\n chunked',
    'X-Canary: x\nTransfer-Encoding: chunked',
    'X-Canary: x\rTransfer-Encoding: chunked',
    'Transfer-Encoding\u0000: chunked',
    'Transfer\u00adEncoding: chunked',
    'Transfer-Encoding: ch\u00fcnked',
  ].flatMap((header) => [
    post(`${JSON.stringify(header)} alone`, [header]),
    post(`${JSON.stringify(header)} with a length`, ['Content-Length: 5', header]),
  ]),
  post('an encoding said twice, the second unknown', [CHUNKED, 'Transfer-Encoding: x']),
  post('an encoding said twice, the first unknown', ['Transfer-Encoding: x', CHUNKED, 'Content-Length: 5']),
]

const chunks = (name: string, size: string, statuses?: Vector['statuses']): Vector =>
  post(name, [CHUNKED, 'Connection: close'], `${size}\r\n"abc"\r\n0\r\n\r\n${SMUGGLED}`, statuses)

const CHUNKS = [
  ...[
    '-5',
    '+5',
    '0x5',
    '5 ',
    ' 5',
    '5 5',
    'g',
    '',
    '5\u0000',
    '5\u000b',
    '5\n',
    '\u0665',
    'fffffffffffffffff',
    '10000000000000005',
  ].map((size) => chunks(`a chunk of ${JSON.stringify(size)}`, size)),
  chunks('a chunk with an endless extension', `5;${'x'.repeat(70_000)}`),
  chunks('a chunk whose extension ends in a bare LF', '5;x\n'),
  chunks('a chunk whose extension ends in a bare CR', '5;x\rx'),
  post('a chunk longer than it says', [CHUNKED], `3\r\n"abc"\r\n0\r\n\r\n${SMUGGLED}`),
  post('a chunk that ends in a bare LF', [CHUNKED], `5\r\n"abc"\n0\r\n\r\n${SMUGGLED}`),
  post('a last chunk that ends in bare LFs', [CHUNKED], `5\r\n"abc"\r\n0\n\n${SMUGGLED}`),
  post('a trailer that is a request', [CHUNKED], `5\r\n"abc"\r\n0\r\n${SMUGGLED}`),
  post('a trailer without end', [CHUNKED], `5\r\n"abc"\r\n0\r\n${'X-Canary: 1\r\n'.repeat(5_000)}`),
]

/** A GET made of lines that are wrong. */
const get = (name: string, ...lines: string[]): Vector => ({
  name,
  bytes: `GET ${TARGET}?offset=-1 HTTP/1.1\r\nHost: localhost\r\n${BEARER}\r\n${lines.join('\r\n')}\r\n\r\n${SMUGGLED}`,
  statuses: REFUSED,
})

const LINES: readonly Vector[] = [
  {
    name: 'bare LFs everywhere',
    bytes: `GET ${TARGET} HTTP/1.1\nHost: localhost\n${BEARER}\n\n${SMUGGLED}`,
    statuses: REFUSED,
  },
  {
    name: 'bare CRs everywhere',
    bytes: `GET ${TARGET} HTTP/1.1\rHost: localhost\r${BEARER}\r\r${SMUGGLED}`,
    statuses: REFUSED,
  },
  get('a bare LF at the end of a header', 'X-Canary: a\nX-Other: b'),
  get('a bare CR inside a header', 'X-Canary: a\rX-Other: b'),
  get('a NUL inside a header', 'X-Canary: a\u0000b'),
  get('a folded header', 'X-Canary: a', ' b'),
  get('a header folded with a tab', 'X-Canary: a', '\tb'),
  get('a space before the colon', 'X-Canary : a'),
  get('a header without a colon', 'canary'),
  get('a header without a name', ': canary'),
  get('a name with a space', 'X Canary: a'),
  get('a name beyond ASCII', 'X-C\u00e4nary: a'),
  get('a name with a parenthesis', 'X(Canary): a'),
  get('a request line for a header', `DELETE ${TARGET} HTTP/1.1`),
]

const close = 'Connection: close'

/** What is well-formed, and holds a request where no request may be read. */
const HARMLESS: readonly Vector[] = [
  post('the body of an append', [close, `Content-Length: ${length}`], SMUGGLED, [[400]]),
  followed('the body of an append that is refused for its encoding', [BEARER, 'Content-Encoding: gzip'], 415),
  followed('the body of an append without a credential', [], 401),
  {
    name: 'the body of a GET',
    bytes: [
      `GET ${TARGET}?offset=-1 HTTP/1.1`,
      'Host: localhost',
      BEARER,
      close,
      `Content-Length: ${length}`,
      '',
      SMUGGLED,
    ].join('\r\n'),
    statuses: [[200, 400]],
  },
  {
    name: 'what follows a handshake that is refused',
    bytes: ['GET /v1/ws HTTP/1.1', 'Host: localhost', ...UPGRADE, 'Sec-WebSocket-Version: 7', '', SMUGGLED].join(
      '\r\n',
    ),
    statuses: [[400, 426]],
  },
  {
    name: 'what follows an upgrade to HTTP/2',
    bytes: [
      `GET ${TARGET}?offset=-1 HTTP/1.1`,
      'Host: localhost',
      BEARER,
      'Connection: Upgrade, HTTP2-Settings, close',
      'Upgrade: h2c',
      'HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA',
      '',
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    ].join('\r\n'),
    statuses: [[200, 400, 404, 426]],
  },
  {
    name: 'what follows an upgrade with a length',
    bytes: ['POST /v1/ws HTTP/1.1', 'Host: localhost', BEARER, ...UPGRADE, 'Content-Length: 0', '', SMUGGLED].join(
      '\r\n',
    ),
    statuses: [[400, 404, 405, 426]],
  },
  ...['%0d%0aSet-Cookie:%20canary=1', '%0aX-Evil:%201', '%E5%98%8D%E5%98%8ASet-Cookie:%20canary=1', '%00'].map(
    (path) => ({
      name: `a header in the path: ${path}`,
      bytes: `PUT /v1/stream/bad/${path} HTTP/1.1\r\nHost: localhost\r\n${BEARER}\r\n${close}\r\nContent-Length: 0\r\n\r\n`,
      statuses: [[400]],
    }),
  ),
  {
    name: 'garbage behind a good request',
    bytes: `GET ${TARGET}?offset=-1 HTTP/1.1\r\nHost: localhost\r\n${BEARER}\r\n\r\n\u0000\u0001canary\r\n\r\n${SMUGGLED}`,
    statuses: [[200], [400]],
  },
]

/** An append that is refused before its body is read, and a good request behind it. The connection may end between. */
function followed(name: string, headers: readonly string[], status: number): Vector {
  const first = [
    `POST ${TARGET} HTTP/1.1`,
    'Host: localhost',
    JSON_TYPE,
    ...headers,
    `Content-Length: ${length}`,
    '',
    '',
  ]
  const next = [`GET ${TARGET}?offset=-1 HTTP/1.1`, 'Host: localhost', BEARER, close, '', '']
  return { name, bytes: first.join('\r\n') + SMUGGLED + next.join('\r\n'), statuses: [[status], [200]] }
}

async function expectNothingSmuggled(rig: Rig, { name, bytes, statuses }: Vector): Promise<void> {
  const answers = await rig.send(bytes)
  const got = answers.map(({ status }) => status)
  const right = got.length > 0 && got.every((status, at) => statuses[at]?.includes(status))
  expect(
    right,
    `${name}: ${got.join(', ')} instead of ${statuses.map((allowed) => allowed.join('|')).join(', ')}`,
  ).toBe(true)
  for (const { headers, body } of answers) {
    expect([...headers.keys()].filter((header) => /evil|set-cookie/.test(header))).toEqual([])
    expect(body).not.toMatch(/canary|evil|Bearer c/i)
  }
}

describe('request smuggling, beside a hundred clients', () => {
  for (const [what, vectors] of [
    ['lengths that contradict each other', LENGTHS],
    ['transfer encodings in disguise', ENCODINGS],
    ['chunks that are not what they say', CHUNKS],
    ['lines that end or begin wrongly', LINES],
    ['requests inside of requests', HARMLESS],
  ] as const)
    test(`${what} are answered once, and never obeyed`, { timeout: 60_000 }, () =>
      withRig(BESIDE, async (rig) => {
        await rig.seed('bad/target', '["kept"]')
        for (const vector of vectors) await expectNothingSmuggled(rig, vector)
        expect(await rig.stored('bad/target')).toBe('["kept"]')
        await expectNoEffectOnOthers(rig, BESIDE)
      }),
    )

  test('a hundred good requests in one packet are answered in their order', { timeout: 60_000 }, () =>
    withRig({ ...BESIDE, changes: ['bad/target'] }, async (rig) => {
      await rig.seed('bad/target', '["kept"]')
      const append = (at: number) => post('', [`Content-Length: ${String(at).length}`], String(at)).bytes
      const last = [`GET ${TARGET}?offset=-1 HTTP/1.1`, 'Host: localhost', BEARER, close, '', ''].join('\r\n')
      const answers = await rig.send(Array.from({ length: 99 }, (_, at) => append(at)).join('') + last)
      expect(answers.map(({ status }) => status)).toEqual([...Array(99).fill(204), 200])
      expect(JSON.parse(answers.at(-1)?.body ?? '')).toEqual(['kept', ...Array.from({ length: 99 }, (_, at) => at)])
      await expectNoEffectOnOthers(rig, { ...BESIDE, changes: ['bad/target'] })
    }),
  )
})
