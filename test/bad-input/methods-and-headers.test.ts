import { expect } from 'vitest'
import { badInput } from './bad-input.ts'
import { expectProblem } from './expectations.ts'
import { type Rig, TOKENS } from './rig.ts'

const TARGET = '/v1/stream/bad/target'
const BEARER = `Authorization: Bearer ${TOKENS.mallory}`
const JSON_TYPE = 'Content-Type: application/json'

/** Request lines, and the statuses that are right for them. */
const REQUEST_LINES: readonly [line: string, statuses: readonly number[]][] = [
  [`TRACE ${TARGET} HTTP/1.1`, [405]],
  [`TRACK ${TARGET} HTTP/1.1`, [400, 405]],
  [`PATCH ${TARGET} HTTP/1.1`, [405]],
  [`PROPFIND ${TARGET} HTTP/1.1`, [405]],
  ['CONNECT steady:443 HTTP/1.1', [400, 405]],
  [`CONNECT ${TARGET} HTTP/1.1`, [400, 405]],
  ['OPTIONS * HTTP/1.1', [400, 405]],
  ['GET * HTTP/1.1', [400, 404]],
  [`GET http://localhost${TARGET}?offset=-1 HTTP/1.1`, [400]],
  [`GET http://evil.example${TARGET}?offset=-1 HTTP/1.1`, [400]],
  [`DELETE http://localhost${TARGET} HTTP/1.1`, [400]],
  [`GET ${TARGET}?offset=-1`, [400]],
  [`GET ${TARGET}?offset=-1 HTTP/0.9`, [400, 505]],
  [`GET ${TARGET}?offset=-1 HTTP/2.0`, [400, 505]],
  [`GET ${TARGET}?offset=-1 HTTP/1.10`, [400]],
  [`GET ${TARGET} canary HTTP/1.1`, [400]],
  [`get ${TARGET} HTTP/1.1`, [400]],
  ['PRI * HTTP/2.0', [400, 505]],
  ['canary', [400]],
  ['\u0016\u0003\u0001\u0002', [400]],
]

badInput(
  'B60',
  'methods, versions and targets that are not ours are refused, and the connection is closed',
  async (rig) => {
    await rig.seed('bad/target', '["kept"]')
    for (const [line, statuses] of REQUEST_LINES) {
      const [answer, ...more] = await rig.send(
        [line, 'Host: localhost', 'Connection: close', BEARER, '', ''].join('\r\n'),
      )
      expect([line, statuses.includes(answer?.status ?? 0), answer?.status, more]).toEqual([
        line,
        true,
        answer?.status,
        [],
      ])
      // TRACE would send back the credential.
      expect(answer?.body).not.toContain('Bearer')
    }
    expect((await rig.ask('PATCH', TARGET)).headers.get('allow')).toContain('POST')
    expect(await rig.stored('bad/target')).toBe('["kept"]')
  },
)

badInput('B60', 'a request without a host, or with two, is refused with 400', async (rig) => {
  for (const hosts of [[], ['Host: localhost', 'Host: evil.example'], ['Host: localhost', 'Host: localhost']])
    for (const method of ['GET', 'DELETE']) {
      const [answer] = await rig.send(
        [`${method} ${TARGET} HTTP/1.1`, ...hosts, 'Connection: close', BEARER, '', ''].join('\r\n'),
      )
      expect([hosts, answer?.status]).toEqual([hosts, 400])
    }
})

badInput('B60', 'a header that may be there once is refused with 400 when it comes twice', async (rig) => {
  await rig.seed('bad/target', '["kept"]')
  const twice = [
    [`Authorization: Bearer ${TOKENS.trudy}`],
    [JSON_TYPE, 'Content-Type: text/plain'],
    ['Stream-Seq: 1', 'Stream-Seq: 2'],
    ['Stream-Closed: true', 'Stream-Closed: false'],
    ['Producer-Id: a', 'Producer-Id: b', 'Producer-Epoch: 0', 'Producer-Seq: 0'],
    ['Producer-Id: a', 'Producer-Epoch: 0', 'Producer-Seq: 0', 'Producer-Seq: 1'],
    ['Idempotency-Key: a', 'Idempotency-Key: b'],
  ]
  for (const headers of twice) {
    const type = headers.some((header) => header.startsWith('Content-Type')) ? [] : [JSON_TYPE]
    const answer = await rig.ask('POST', TARGET, { headers: [...type, ...headers], body: '["canary"]' })
    expect([headers, answer.status]).toEqual([headers, 400])
  }
  expect(await rig.stored('bad/target')).toBe('["kept"]')
})

badInput(
  'B61',
  'a preflight of a foreign page is answered with 204 and nothing that lets it go on',
  async (rig) => {
    await rig.seed('bad/target', '["kept"]')
    for (const origin of ['https://evil.example', 'null', 'https://good.example.evil.example', 'http://good.example']) {
      const headers = [
        `Origin: ${origin}`,
        'Access-Control-Request-Method: POST',
        'Access-Control-Request-Headers: authorization',
        'Access-Control-Request-Private-Network: true',
      ]
      const answer = await rig.ask('OPTIONS', TARGET, { headers, token: null })
      expect(answer.status).toBe(204)
      expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([])
    }
    const good = await rig.ask('OPTIONS', TARGET, {
      headers: ['Origin: https://good.example', 'Access-Control-Request-Method: POST'],
      token: null,
    })
    expect(good.headers.get('access-control-allow-origin')).toBe('https://good.example')
    expect(good.headers.has('access-control-allow-private-network')).toBe(false)
  },
  { server: { origins: ['https://good.example'] } },
)

/** Creates streams as nobody in particular, each time as if from elsewhere. Their statuses. */
async function createFromEverywhere(rig: Rig, header: (at: number) => string): Promise<number[]> {
  const statuses: number[] = []
  for (let at = 1; at <= 4; at++) {
    const made = await rig.ask('PUT', `/v1/stream/bad/${at}`, { headers: [JSON_TYPE, header(at)], token: null })
    statuses.push(made.status)
  }
  return statuses
}

const LIMITED = { limits: { creates: { perSecond: 0.001, burst: 3 } } }
const SPOOFED = ['X-Forwarded-For: 203.0.113.', 'Forwarded: for=203.0.113.', 'X-Real-IP: 203.0.113.'] as const

for (const header of SPOOFED)
  badInput(
    'B62',
    `an address that an untrusted peer only says it has changes no limit: ${header.slice(0, header.indexOf(':'))}`,
    async (rig) => {
      expect(await createFromEverywhere(rig, (at) => header + at)).toEqual([201, 201, 201, 429])
    },
    { ...LIMITED, changes: ['bad/1', 'bad/2', 'bad/3'], server: { allowAnonymous: true } },
  )

badInput(
  'B62',
  'a proxy that is trusted vouches for the last address it adds, not for what the client wrote',
  async (rig) => {
    expect(await createFromEverywhere(rig, (at) => `X-Forwarded-For: 198.51.100.1, 203.0.113.${at}`)).toEqual([
      201, 201, 201, 201,
    ])
    for (let at = 1; at <= 4; at++) await rig.ask('DELETE', `/v1/stream/bad/${at}`)
    expect(await createFromEverywhere(rig, (at) => `X-Forwarded-For: 198.51.100.${at}, 203.0.113.9`)).toEqual([
      201, 201, 201, 429,
    ])
  },
  {
    ...LIMITED,
    changes: ['bad/1', 'bad/2', 'bad/3', 'bad/4'],
    server: { allowAnonymous: true, trustedProxies: ['127.0.0.1'] },
  },
)

badInput(
  'B62',
  'five guesses of a token in a minute are enough, whatever address they claim',
  async (rig) => {
    for (let guess = 0; guess < 5; guess++) {
      const headers = [`X-Forwarded-For: 203.0.113.${guess}`]
      expectProblem(await rig.ask('GET', `${TARGET}?offset=-1`, { token: `canary-guess-${guess}`, headers }), 401)
    }
    const answer = await rig.ask('GET', `${TARGET}?offset=-1`, { token: 'canary-guess-5' })
    expectProblem(answer, 429)
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
  },
  { limits: { authenticationFailures: 5 } },
)
