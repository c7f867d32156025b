import { expect } from 'vitest'
import { badInput } from './bad-input.ts'
import { expectProblem } from './expectations.ts'
import { GOOD_UPGRADE, UPGRADE } from './raw-peer.ts'
import { type Rig, TOKENS } from './rig.ts'
import { watchedStore } from './watched-store.ts'

const TARGET = '/v1/stream/bad/target'
const VERSION = 'Sec-WebSocket-Version: 13'
const PROTOCOL = 'Sec-WebSocket-Protocol: statewire.v1.json'
const JSON_BODY = { headers: ['Content-Type: application/json'], body: '["canary-payload"]' }
const GOOD = 'https://good.example'

const EVERY_REQUEST = [
  ['PUT', TARGET],
  ['POST', TARGET],
  ['GET', `${TARGET}?offset=-1`],
  ['GET', `${TARGET}?offset=-1&live=sse`],
  ['GET', `${TARGET}?offset=-1&live=long-poll`],
  ['HEAD', TARGET],
  ['DELETE', TARGET],
] as const

badInput('B01', 'a request without a credential is refused with 401, whatever it asks for', async (rig) => {
  await rig.seed('bad/target', '["kept"]')
  for (const [method, target] of EVERY_REQUEST) {
    const answer = await rig.ask(method, target, { token: null, ...(method === 'POST' ? JSON_BODY : {}) })
    expect(answer.status, `${method} ${target}`).toBe(401)
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/)
    if (method !== 'HEAD') expectProblem(answer, 401, 'unauthenticated')
  }
  expect(await rig.stored('bad/target')).toBe('["kept"]')
})

badInput('B01', 'a socket that greets without a credential is closed with 4101', async (rig) => {
  const { peer } = await rig.shakeHands()
  peer.say({ t: 'hello', v: 1 })
  expect((await peer.closed).code).toBe(4101)
  expect(peer.received).toEqual([])
})

const WRONG = ['canary-wrong-signature', 'canary'.repeat(1500), 'canary\u00e9']

badInput('B02', 'a wrong token is refused with 401, and not logged', async (rig) => {
  for (const token of WRONG) {
    const answer = await rig.ask('GET', `${TARGET}?offset=-1`, { token })
    expectProblem(answer, 401, 'invalid_token')
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer .*error="invalid_token"/)
  }
  for (const header of ['Authorization: Basic Y2FuYXJ5OmNhbmFyeQ==', 'Authorization: Bearer', 'Authorization: canary'])
    expect((await rig.ask('GET', `${TARGET}?offset=-1`, { token: null, headers: [header] })).status).toBe(401)
  expect(rig.witness.logged.length).toBeGreaterThan(0)
})

badInput(
  'B02',
  'an expired token is refused with 401, and a socket that greets with it is closed with 4102',
  async (rig) => {
    const answer = await rig.ask('GET', `${TARGET}?offset=-1`, { token: TOKENS.expired })
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer .*error="invalid_token"/)
    const { peer } = await rig.shakeHands()
    peer.say({ t: 'hello', v: 1, token: TOKENS.expired })
    expect((await peer.closed).code).toBe(4102)
  },
)

badInput(
  'B02',
  'a socket that greets with a wrong token is closed with 4101; in its handshake it is refused with 401',
  async (rig) => {
    for (const token of ['canary-wrong-signature', 'canary'.repeat(1300)]) {
      const { peer } = await rig.shakeHands()
      peer.say({ t: 'hello', v: 1, token })
      expect((await peer.closed).code).toBe(4101)
    }
    const { answer } = await rig.shakeHands([...GOOD_UPGRADE, 'Authorization: Bearer canary-wrong-signature'])
    expectProblem(answer, 401, 'invalid_token')
  },
)

badInput(
  'B03',
  'a credential in the query string is refused with 400, even a good one, and its URL is not logged',
  async (rig) => {
    for (const name of ['token', 'access_token', 'ticket', 'api_key', 'authorization', 'Token']) {
      const query = `?offset=-1&${name}=${TOKENS.mallory}`
      for (const token of [null, TOKENS.mallory])
        expectProblem(await rig.ask('GET', TARGET + query, { token }), 400, 'credential_in_url')
      const { answer } = await rig.shakeHands(GOOD_UPGRADE, `/v1/ws${query}`)
      expectProblem(answer, 400, 'credential_in_url')
    }
  },
)

const uses = new Map<string, number>()

badInput(
  'B04',
  'a stream that is forbidden looks the same as one that is not there, and costs the same',
  async (rig) => {
    await rig.seed('secret/there', '["kept"]')
    uses.clear()
    for (const [method, target] of EVERY_REQUEST) {
      const details = method === 'POST' ? JSON_BODY : {}
      const asked = []
      for (const name of ['there', 'nowhere']) {
        const answer = await rig.ask(method, target.replace('bad/target', `secret/${name}`), details)
        expect(answer.status, `${method} ${name}`).toBe(404)
        asked.push([answer.body, [...answer.headers].filter(([header]) => header !== 'date')])
      }
      expect(asked[0]).toEqual(asked[1])
    }
    const peer = await rig.greet()
    const answers = []
    for (const [at, name] of ['there', 'nowhere'].entries()) {
      const path = `secret/${name}`
      peer.say({ t: 'sub', id: at, s: path, o: '-1' })
      const { id: _id, ...error } = await peer.until(({ id }) => id === at)
      peer.say({ t: 'pub', s: path, pid: 'p', e: 0, q: 0, d: ['canary-payload'] })
      const { s: _s, ...nack } = await peer.until(({ t, s }) => t === 'nack' && s === path)
      answers.push([error, nack])
    }
    expect(answers[0]).toEqual(answers[1])
    // A look into the store takes its time, which can be measured from outside.
    expect(uses.get('secret/there')).toBe(uses.get('secret/nowhere'))
  },
  {
    store: (inner) =>
      watchedStore(inner, (_operation, path) => {
        uses.set(path, (uses.get(path) ?? 0) + 1)
        return undefined
      }),
  },
)

badInput(
  'B04',
  'an app that opted out of hiding answers 403',
  async (rig) => {
    await rig.seed('secret/there', '["kept"]')
    expectProblem(await rig.ask('GET', '/v1/stream/secret/there?offset=-1'), 403, 'forbidden')
  },
  { server: { hideForbidden: false } },
)

badInput('B05', 'a second hello closes with 4000', async (rig) => {
  const peer = await rig.greet()
  peer.say({ t: 'hello', v: 1, token: TOKENS.mallory })
  expect((await peer.closed).code).toBe(4000)
})

badInput('B06', 'a first frame that is no hello closes with 4000, and is not obeyed', async (rig) => {
  await rig.seed('bad/target', '["kept"]')
  const pub = { t: 'pub', s: 'bad/target', pid: 'p', e: 0, q: 0, d: ['canary-payload'] }
  for (const frame of [
    pub,
    { t: 'sub', id: 1, s: 'steady', o: '-1' },
    { t: 'auth', token: TOKENS.mallory },
    { t: 'ping' },
  ]) {
    const { peer } = await rig.shakeHands()
    peer.say(frame)
    // What follows is too late: it has been decided.
    peer.say({ t: 'hello', v: 1, token: TOKENS.mallory })
    peer.say(frame)
    expect((await peer.closed).code).toBe(4000)
    expect(peer.received).toEqual([])
  }
})

badInput('B07', 'a renewal with the credential of somebody else closes with 4003', async (rig) => {
  const peer = await rig.greet(TOKENS.mallory)
  peer.say({ t: 'auth', token: TOKENS.trudy })
  expect((await peer.closed).code).toBe(4003)
})

badInput('B07', 'a renewal with a credential that is wrong or expired ends the connection', async (rig) => {
  for (const [token, code] of [
    ['canary-wrong', 4101],
    [TOKENS.expired, 4102],
  ] as const) {
    const peer = await rig.greet(TOKENS.mallory)
    peer.say({ t: 'auth', token })
    expect((await peer.closed).code).toBe(code)
  }
})

const FOREIGN = [
  'null',
  'https://good.example.evil.com',
  'https://evil.example',
  'http://good.example',
  `${GOOD}:8443`,
  `${GOOD}/`,
  '*',
  `${GOOD} https://evil.example`,
]

badInput(
  'B08',
  'a page that is not on the list is refused with 403 before 101, and cannot read the answer',
  async (rig) => {
    await rig.seed('bad/target', '["kept"]')
    for (const origin of FOREIGN) {
      const headers = [`Origin: ${origin}`]
      const upgrade = await rig.shakeHands([...GOOD_UPGRADE, ...headers, `Authorization: Bearer ${TOKENS.mallory}`])
      const live = await rig.ask('GET', `${TARGET}?offset=-1&live=sse`, { headers })
      const write = await rig.ask('POST', TARGET, { ...JSON_BODY, headers: [...JSON_BODY.headers, ...headers] })
      for (const answer of [upgrade.answer, live, write]) {
        expectProblem(answer, 403, 'origin_refused')
        expect(answer.headers.get('access-control-allow-origin')).toBeUndefined()
      }
    }
    const { answer } = await rig.shakeHands([...GOOD_UPGRADE, `Origin: ${GOOD}`])
    expect(answer.status).toBe(101)
  },
  { server: { origins: [GOOD] } },
)

badInput(
  'B09',
  'an upgrade without our sub-protocol is refused with 400, which says what is spoken here',
  async (rig) => {
    for (const offered of [
      [],
      ['other.v1'],
      ['statewire.v1.cbor'],
      ['statewire.v1.json.evil'],
      ['STATEWIRE.V1.JSON'],
    ]) {
      const named = offered.map((name) => `Sec-WebSocket-Protocol: ${name}`)
      const { answer } = await rig.shakeHands([
        ...UPGRADE,
        VERSION,
        ...named,
        `Authorization: Bearer ${TOKENS.mallory}`,
      ])
      expectProblem(answer, 400, 'sub_protocol_required')
      expect(answer.body).toContain('statewire.v1.json')
    }
  },
)

/** A ticket of mallory's, asked for by a page of this origin. */
async function ticketFor(rig: Rig, origin: string): Promise<string> {
  const answer = await rig.ask('POST', '/v1/ticket', { headers: [`Origin: ${origin}`, 'Content-Length: 0'] })
  const { ticket }: { ticket: string } = JSON.parse(answer.body)
  expect(ticket).toMatch(/^[A-Za-z0-9_-]{43}$/)
  rig.secrets.push(ticket)
  return ticket
}

async function enterWith(rig: Rig, ticket: string, origin: string) {
  const offered = `${PROTOCOL}, statewire.ticket.${ticket}`
  const { peer, answer } = await rig.shakeHands([...UPGRADE, VERSION, offered, `Origin: ${origin}`])
  if (answer.status === 101) peer.say({ t: 'hello', v: 1, pingMs: 60_000 })
  return { peer, answer }
}

const WITH_PAGES = { server: { origins: [GOOD, 'https://also.example'] } }

badInput(
  'B10',
  'a ticket that was used, is 31 s old, is for another page or was never given is refused with 401',
  async (rig) => {
    const used = await ticketFor(rig, GOOD)
    const first = await enterWith(rig, used, GOOD)
    expect([first.answer.status, first.answer.headers.get('sec-websocket-protocol')]).toEqual([
      101,
      'statewire.v1.json',
    ])
    await first.peer.until(({ t }) => t === 'welcome')
    const stolen = await ticketFor(rig, GOOD)
    const old = await ticketFor(rig, GOOD)
    for (const [ticket, origin] of [
      [used, GOOD],
      [stolen, 'https://also.example'],
      ['A'.repeat(43), GOOD],
      ['canary-ticket', GOOD],
    ] as const)
      expectProblem((await enterWith(rig, ticket, origin)).answer, 401)
    rig.clock.advance(31_000)
    expectProblem((await enterWith(rig, old, GOOD)).answer, 401)
  },
  WITH_PAGES,
)

badInput(
  'B10',
  'of a hundred attempts with one ticket at once, one gets in',
  async (rig) => {
    const ticket = await ticketFor(rig, GOOD)
    const attempts = await Promise.all(Array.from({ length: 100 }, () => enterWith(rig, ticket, GOOD)))
    expect(attempts.map(({ answer }) => answer.status).sort()).toEqual([101, ...Array(99).fill(401)])
  },
  WITH_PAGES,
)

badInput('B11', 'another WebSocket version is refused with 426, which names 13', async (rig) => {
  for (const version of ['8', '14', '0', '-1', 'canary', '13, 8']) {
    const { answer } = await rig.shakeHands([...UPGRADE, `Sec-WebSocket-Version: ${version}`, PROTOCOL])
    expect([version, answer.status, answer.headers.get('sec-websocket-version')]).toEqual([version, 426, '13'])
  }
})

badInput('B12', 'a missing or malformed Sec-WebSocket-Key is refused with 400', async (rig) => {
  const short = Buffer.alloc(15).toString('base64')
  for (const key of [
    null,
    '',
    'canary',
    short,
    Buffer.alloc(17).toString('base64'),
    'A'.repeat(24),
    `${'A'.repeat(8000)}==`,
  ]) {
    const named = key === null ? [] : [`Sec-WebSocket-Key: ${key}`]
    const { answer } = await rig.shakeHands([...UPGRADE.slice(0, 2), ...named, VERSION, PROTOCOL])
    expect(answer.status, `key ${key}`).toBe(400)
  }
})
