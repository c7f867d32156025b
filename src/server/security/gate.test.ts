import { describe, expect, test } from 'vitest'
import type { AuthenticationRequest } from './principal.ts'
import { bearing, outcome, refusalOf, request, startGate } from './testing/gate-rig.ts'

describe('S1: the gate is not built', () => {
  test.each([
    ['without a word on who may come in', { authenticate: undefined }, 'pass authenticate'],
    ['with hooks that are none', { authenticate: 'yes' }, 'authenticate has to be a function'],
    ['with an authorize that is none', { authorize: {} }, 'authorize has to be a function'],
    ['with text for allowAnonymous', { authenticate: undefined, allowAnonymous: 'false' }, 'has to be true or false'],
    ['with a proxy that is no address', { trustedProxies: ['proxy'] }, 'A trusted proxy is an address'],
  ])('%s', (_how, options, sentence) => {
    expect(() => startGate(options as object)).toThrow(sentence)
  })
})

describe('a credential', () => {
  test('says who somebody is, and limits go by it', async () => {
    const { gate } = startGate()
    const visitor = await gate.admit(bearing('alice', { peer: '::ffff:203.0.113.9' }))
    expect([visitor.principal, visitor.address, visitor.key]).toEqual([{ id: 'alice' }, '203.0.113.9', 'p:alice'])
    expect(visitor.origin).toBeNull()
  })

  test.each([
    ['B01: none', undefined, '401 unauthenticated', 'Bearer realm="statewire"'],
    ['of another scheme', 'Basic YWxpY2U6YWxpY2U=', '401 unauthenticated', 'Bearer realm="statewire"'],
    ['B02: wrong', 'Bearer eve', '401 invalid_token', 'Bearer realm="statewire", error="invalid_token"'],
    ['B02: expired', 'Bearer late', '401 token_expired', /^Bearer .*error="invalid_token"/],
    ['too long', `Bearer ${'a'.repeat(10_240)}`, '401 invalid_token', /error="invalid_token"/],
    ['with control characters', 'Bearer al\u0007ice', '401 invalid_token', /error="invalid_token"/],
  ])('%s: refused', async (_what, authorization, said, challenge) => {
    const { gate, entries } = startGate()
    const facts = request(authorization === undefined ? {} : { authorization })
    const refusal = await refusalOf(() => gate.admit(facts))
    expect(`${refusal?.status} ${refusal?.code}`).toBe(said)
    expect(refusal?.headers['WWW-Authenticate']).toMatch(challenge)
    expect(entries).toMatchObject([{ event: 'admission.refused', level: 'warn', status: 401, code: refusal?.code }])
  })

  test('is not shown to authenticate when it is too long to be looked at', async () => {
    const { gate } = startGate({
      authenticate: () => {
        throw new Error('It was asked.')
      },
    })
    expect(await outcome(() => gate.admit(bearing('a'.repeat(8_193))))).toBe('401 invalid_token')
    expect(await outcome(() => gate.admit(request({ authorization: 'Basic x' })))).toBe('401 unauthenticated')
  })

  test('is not needed where anonymous ones are let in, but a wrong one is not ignored', async () => {
    const { gate } = startGate({ allowAnonymous: true })
    const anonymous = await gate.admit(request())
    expect([anonymous.principal, anonymous.key]).toEqual([null, 'a:203.0.113.1'])
    expect((await gate.admit(bearing('alice'))).principal).toEqual({ id: 'alice' })
    expect(await outcome(() => gate.admit(bearing('eve')))).toBe('401 invalid_token')
  })

  test('means nothing where nobody asks', async () => {
    const { gate } = startGate({ authenticate: undefined, allowAnonymous: true })
    for (const authorization of ['Bearer eve', 'Basic x', `Bearer ${'a'.repeat(9000)}`])
      expect((await gate.admit(request({ authorization }))).principal).toBeNull()
  })
})

describe('authenticate', () => {
  test.each([
    [
      'throws',
      () => {
        throw new Error('broken')
      },
    ],
    [
      'rejects',
      async () => {
        throw new Error('broken')
      },
    ],
    [
      'throws nothing at all',
      () => {
        throw undefined
      },
    ],
    ['returns true', () => true],
    ['returns a principal without an id', () => ({ sub: 'alice' })],
    ['returns an empty id', () => ({ id: '' })],
    ['returns a number as id', () => ({ id: 5 })],
    ['returns an id of 257 characters', () => ({ id: 'a'.repeat(257) })],
    ['returns an expiry that is no number', () => ({ id: 'alice', expiresAt: 'tomorrow' })],
    ['returns an expiry that is not even a time', () => ({ id: 'alice', expiresAt: Number.NaN })],
    ['returns an expiry in seconds', () => ({ id: 'alice', expiresAt: Date.UTC(2030, 0) / 1000 })],
  ])('that %s is reported, and nobody gets in', async (_what, authenticate) => {
    const { gate, reports } = startGate({ authenticate: authenticate as never, allowAnonymous: true })
    const refusal = await refusalOf(() => gate.admit(bearing('alice')))
    expect([refusal?.status, refusal?.code]).toEqual([503, 'authentication_unavailable'])
    expect(Number(refusal?.headers['Retry-After'])).toBeGreaterThan(0)
    expect(reports).toHaveLength(1)
  })

  test('that forgets its return means no', async () => {
    const { gate } = startGate({ authenticate: (() => {}) as never })
    expect(await outcome(() => gate.admit(bearing('alice')))).toBe('401 invalid_token')
  })

  test('that never answers costs ten seconds, and one report', async () => {
    const { gate, clock, reports } = startGate({ authenticate: () => new Promise(() => {}) })
    const asked = outcome(() => gate.admit(bearing('alice')))
    clock.advance(10_000)
    expect(await asked).toBe('503 authentication_unavailable')
    expect([reports, clock.pending]).toMatchObject([[{ message: 'authenticate did not answer within 10 s.' }], 0])
  })

  test('that answers later, and with something that is merely awaited like a promise, is waited for', async () => {
    // biome-ignore lint/suspicious/noThenProperty: query builders are such objects
    const query = { then: (settle: (row: object) => void) => settle({ id: 'alice' }) }
    for (const answer of [Promise.resolve({ id: 'alice' }), query]) {
      const { gate, clock } = startGate({ authenticate: () => answer as never })
      expect((await gate.admit(bearing('x'))).principal?.id).toBe('alice')
      expect(clock.pending).toBe(0)
    }
  })

  test('sees the token, the address, and headers by any case, but none that was not sent', async () => {
    const seen: AuthenticationRequest[] = []
    const { gate } = startGate({
      authenticate(asked) {
        seen.push(asked)
        return { id: 'alice' }
      },
    })
    await gate.admit(request({ authorization: 'bearer t', 'x-tenant': 'acme' }))
    const [asked] = seen
    expect([asked?.token, asked?.address, asked?.over]).toEqual(['t', '203.0.113.1', 'http'])
    expect(['X-Tenant', 'x-tenant', 'x-other', 'constructor', '__proto__'].map((name) => asked?.header(name))).toEqual([
      'acme',
      'acme',
      undefined,
      undefined,
      undefined,
    ])
  })

  test.each([
    ['a listed page', { origin: 'https://good.com' }, 'c=1'],
    ['a page of this server', { origin: 'https://stream.example' }, 'c=1'],
    ['a page of this server that reads', { 'sec-fetch-site': 'same-origin' }, 'c=1'],
    ['a foreign page', { origin: 'https://evil.com' }, undefined],
    ['a foreign page that pretends', { origin: 'https://evil.com', 'sec-fetch-site': 'same-origin' }, undefined],
    ['a page without an origin', { origin: 'null' }, undefined],
    ['a picture on a foreign page', { 'sec-fetch-site': 'cross-site' }, undefined],
    ['another page of the site', { 'sec-fetch-site': 'same-site' }, undefined],
    ['no browser', {}, undefined],
  ])('S3: sees the cookies of %s: %o', async (_who, headers, cookie) => {
    const seen: (string | undefined)[] = []
    const { gate } = startGate({
      origins: ['https://good.com'],
      authenticate(asked) {
        seen.push(asked.header('cookie'), asked.header('Cookie'))
        return { id: 'alice' }
      },
    })
    await gate.admit(request({ ...headers, cookie: 'c=1' }))
    expect(seen).toEqual([cookie, cookie])
  })
})

describe('S2: plain HTTP in production', () => {
  const production = { production: true, trustedProxies: ['10.0.0.0/8'] }
  const told = (proto: string) =>
    request({ authorization: 'Bearer alice', 'x-forwarded-proto': proto }, { peer: '10.0.0.1' })

  test.each([
    ['from elsewhere', bearing('alice'), '403 plain_http'],
    ['over TLS', bearing('alice', { encrypted: true }), 'let in'],
    ['from this machine', bearing('alice', { peer: '127.0.0.1' }), 'let in'],
    ['from this machine over IPv6', bearing('alice', { peer: '::ffff:127.0.0.1' }), 'let in'],
    ['behind a trusted proxy with TLS', told('https'), 'let in'],
    ['behind a trusted proxy without TLS', told('http'), '403 plain_http'],
    ['behind somebody who claims TLS', { ...told('https'), peer: '203.0.113.1' }, '403 plain_http'],
    ['from who knows where', bearing('alice', { peer: '' }), '403 plain_http'],
  ])('%s', async (_what, facts, said) => {
    expect(await outcome(() => startGate(production).gate.admit(facts))).toBe(said)
    expect(await outcome(() => startGate({ ...production, production: false }).gate.admit(facts))).toBe('let in')
  })
})

test('B03, S21: what is wrong for everybody is refused before anybody is asked', async () => {
  const { gate } = startGate({
    authenticate: () => {
      throw new Error('It was asked.')
    },
  })
  const target = '/v1/stream/a?token=alice'
  expect(await outcome(() => gate.admit(bearing('alice', { target })))).toBe('400 credential_in_url')
  const rawHeaders = ['Authorization', 'Bearer alice', 'Authorization', 'Bearer bob']
  expect(await outcome(() => gate.admit(bearing('alice', { rawHeaders })))).toBe('400 duplicate_header')
})

test('B08: an origin is judged by the host that was asked for, as the trusted proxy tells it', () => {
  const { gate } = startGate({ origins: ['https://good.com'], trustedProxies: ['10.0.0.1'] })
  const proxied = (origin: string, peer: string) =>
    gate.judgeOrigin(
      request(
        { origin, 'x-forwarded-host': 'app.example', 'x-forwarded-proto': 'https', host: 'inner:3000' },
        { peer },
      ),
    )
  expect(proxied('https://app.example', '10.0.0.1')).toBe('allowed')
  expect(proxied('https://good.com', '10.0.0.1')).toBe('allowed')
  expect(proxied('http://app.example', '10.0.0.1')).toBe('foreign')
  expect(proxied('http://inner:3000', '10.0.0.1')).toBe('foreign')
  expect(proxied('https://app.example', '10.0.0.2')).toBe('foreign')
  expect(proxied('http://inner:3000', '10.0.0.2')).toBe('allowed')
  expect(gate.judgeOrigin(request())).toBe('none')
})

test('the origin that was asked for is the host of the request, or what a trusted proxy says of it', () => {
  const { gate } = startGate({ trustedProxies: ['10.0.0.1'] })
  const told = { 'x-forwarded-host': 'App.example:443', 'x-forwarded-proto': 'https' }
  expect(gate.addressedOrigin(request(told))).toBe('http://stream.example')
  expect(gate.addressedOrigin(request(told, { peer: '10.0.0.1' }))).toBe('https://app.example')
  for (const host of ['x@evil.example', 'a b', 'a/b', '"', ''])
    expect([host, gate.addressedOrigin(request({ host }))]).toEqual([host, null])
})

test('cookies are wanted only where somebody looks at them', () => {
  expect(startGate().gate.takesCookies).toBe(true)
  expect(startGate({ authenticate: undefined, allowAnonymous: true }).gate.takesCookies).toBe(false)
})

test('S7: what is forbidden looks as if it were not there, unless the app wants it said', () => {
  const said = (hideForbidden: boolean) => {
    const { status, code } = startGate({ hideForbidden }).gate.forbidden()
    return [status, code]
  }
  expect([said(true), said(false)]).toEqual([
    [404, 'not_found'],
    [403, 'forbidden'],
  ])
})
