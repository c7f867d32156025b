import { describe, expect, test } from 'vitest'
import { TICKET_PROTOCOL } from '../../wire/names.ts'
import { Visitor } from './gate.ts'
import { bearing, connection, handshake, outcome, startGate } from './testing/gate-rig.ts'

const GOOD = 'https://good.com'
const OTHER = 'https://other.com'
const PAGES = { origins: [GOOD, OTHER] }

const nameOf = (visitor: Visitor | 'greeting') => (visitor === 'greeting' ? visitor : (visitor.principal?.id ?? null))
const session: Parameters<typeof startGate>[0] = {
  ...PAGES,
  authenticate: (asked) => {
    const known = asked.header('cookie') === 'session=alice' || asked.token === 'alice'
    return known ? { id: 'alice' } : null
  },
}

describe('a handshake', () => {
  test.each([
    ['with a bearer token', { authorization: 'Bearer alice' }, 'alice'],
    ['with nothing', {}, 'greeting'],
    ['with the cookie of a listed page', { origin: GOOD, cookie: 'session=alice' }, 'alice'],
    ['with another cookie', { origin: GOOD, cookie: 'tracking=1' }, 'greeting'],
    ['with a cookie from no page at all', { cookie: 'session=alice' }, 'greeting'],
  ])('%s', async (_what, headers, name) => {
    expect(nameOf(await startGate(session).gate.admitUpgrade(handshake(headers)))).toBe(name)
    const both = startGate({ ...session, allowAnonymous: true })
    expect(nameOf(await both.gate.admitUpgrade(handshake(headers)))).toBe(name)
  })

  test.each([
    ['B02: with a wrong token', { authorization: 'Bearer eve' }, '401 invalid_token'],
    ['B02: with an expired token', { authorization: 'Bearer late' }, '401 token_expired'],
    ['with another scheme', { authorization: 'Basic YTpi' }, '401 unauthenticated'],
    [
      'B08: of a foreign page',
      { origin: 'https://good.com.evil.com', authorization: 'Bearer alice' },
      '403 origin_refused',
    ],
    ['B08: of a page without an origin', { origin: 'null', authorization: 'Bearer alice' }, '403 origin_refused'],
    ['with a ticket that is none', { 'sec-websocket-protocol': 'statewire.ticket.x' }, '401 invalid_token'],
  ])('%s is refused', async (_what, headers, said) => {
    expect(await outcome(() => startGate(PAGES).gate.admitUpgrade(handshake(headers)))).toBe(said)
  })

  test('B03: with a credential in its URL is refused, as is one over plain HTTP in production', async () => {
    const { gate } = startGate({ production: true })
    const target = '/v1/ws?ticket=x'
    expect(await outcome(() => gate.admitUpgrade(handshake({}, { target })))).toBe('400 credential_in_url')
    expect(await outcome(() => gate.admitUpgrade(handshake()))).toBe('403 plain_http')
    expect(await outcome(() => gate.admitUpgrade(handshake({}, { encrypted: true })))).toBe('let in')
  })

  test('is anonymous where nobody asks, whatever it shows', async () => {
    const { gate } = startGate({ authenticate: undefined, allowAnonymous: true })
    for (const headers of [{}, { authorization: 'Basic x' }, { authorization: 'Bearer eve' }])
      expect(nameOf(await gate.admitUpgrade(handshake(headers)))).toBeNull()
    expect(nameOf(await gate.greet(handshake(), 'eve'))).toBeNull()
  })

  test('of somebody whose authenticate is broken is refused with 503', async () => {
    const { gate } = startGate({ ...PAGES, authenticate: () => Promise.reject(new Error('gone')) })
    expect(await outcome(() => gate.admitUpgrade(handshake({ origin: GOOD, cookie: 'a=b' })))).toBe(
      '503 authentication_unavailable',
    )
  })
})

describe('a greeting', () => {
  test.each([
    ['alice', 'let in'],
    [undefined, '401 unauthenticated'],
    ['eve', '401 invalid_token'],
    ['late', '401 token_expired'],
    ['', '401 invalid_token'],
    ['a b', '401 invalid_token'],
    ['x'.repeat(10_240), '401 invalid_token'],
  ])('B01, B02: with the token %s', async (token, said) => {
    expect(await outcome(() => startGate().gate.greet(handshake(), token))).toBe(said)
  })

  test('may be anonymous where that is allowed, and may show a token all the same', async () => {
    const { gate } = startGate({ allowAnonymous: true })
    expect(nameOf(await gate.greet(handshake(), undefined))).toBeNull()
    expect(nameOf(await gate.greet(handshake(), 'bob'))).toBe('bob')
    expect(await outcome(() => gate.greet(handshake(), 'eve'))).toBe('401 invalid_token')
  })

  test('until it comes a stranger may do nothing, and is counted by address', async () => {
    const { gate } = startGate({ limits: { connectionsPerAddress: 1, connectionsPerPrincipal: 1 } })
    const stranger = gate.stranger(handshake())
    expect([stranger.key, await gate.allows(stranger, 'read', 'a')]).toEqual(['a:203.0.113.1', false])
    const entry = gate.enter(stranger, connection())
    expect(await outcome(() => gate.enter(gate.stranger(handshake()), connection()))).toBe('429 connections')
    const alice = await gate.greet(handshake(), 'alice')
    entry.renew(alice)
    const elsewhere = await gate.greet(handshake({}, { peer: '203.0.113.2' }), 'alice')
    expect(await outcome(() => gate.enter(elsewhere, connection()))).toBe('429 connections')
    entry.leave()
    expect(await outcome(() => gate.enter(elsewhere, connection()))).toBe('let in')
  })
})

describe('B07: a renewal', () => {
  test('is for the same principal only', async () => {
    const { gate } = startGate({
      authenticate: ({ token }) => (token === 'eve' ? null : { id: token?.split('-')[0] ?? 'none' }),
    })
    const alice = await gate.greet(handshake({ origin: GOOD }), 'alice-1')
    const renewed = await gate.renew(alice, 'alice-2')
    expect([renewed.principal?.id, renewed.address, renewed.origin]).toEqual(['alice', alice.address, GOOD])
    expect(await outcome(() => gate.renew(alice, 'bob-1'))).toBe('403 other_principal')
    expect(await outcome(() => gate.renew(alice, 'eve'))).toBe('401 invalid_token')
    expect(await outcome(() => gate.renew(alice, 'a b'))).toBe('401 invalid_token')
    expect(await outcome(() => gate.renew(gate.stranger(handshake()), 'alice-1'))).toBe('403 other_principal')
  })

  test('has no headers, so that nothing but its token can speak for it', async () => {
    const { gate } = startGate({
      authenticate: ({ token, header }) => (header('x-user') === 'alice' || token === 'alice' ? { id: 'alice' } : null),
    })
    const alice = await gate.greet(handshake({ 'x-user': 'alice' }), undefined)
    expect(await outcome(() => gate.renew(alice, 'eve'))).toBe('401 invalid_token')
    expect(await outcome(() => gate.renew(alice, 'alice'))).toBe('let in')
  })

  test('changes nothing where nobody asks', async () => {
    const { gate } = startGate({ authenticate: undefined, allowAnonymous: true })
    const somebody = await gate.greet(handshake(), undefined)
    expect(await gate.renew(somebody, 'x')).toBe(somebody)
  })
})

describe('S5: a ticket', () => {
  const offering = (ticket: string, origin: string | null = GOOD) =>
    handshake({
      'sec-websocket-protocol': `statewire.v1.json, ${TICKET_PROTOCOL}${ticket}`,
      ...(origin === null ? {} : { origin }),
    })

  test('stands for who asked for it: once, within 30 s, from the same page', async () => {
    const { gate, clock } = startGate(PAGES)
    const alice = await gate.admit(bearing('alice'))
    const { ticket, expiresAt } = gate.issueTicket(alice, GOOD)
    expect(ticket).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(expiresAt).toBe(clock.now() + 30_000)
    clock.advance(29_999)
    const visitor = await gate.admitUpgrade(offering(ticket))
    expect([nameOf(visitor), visitor instanceof Visitor && visitor.origin]).toEqual(['alice', GOOD])
    expect(await outcome(() => gate.admitUpgrade(offering(ticket)))).toBe('401 invalid_token')
  })

  test.each([
    ['of another page', OTHER],
    ['without a page', null],
  ])('B10: %s is refused, and used up by it', async (_what, origin) => {
    const { gate } = startGate(PAGES)
    const { ticket } = gate.issueTicket(await gate.admit(bearing('alice')), GOOD)
    expect(await outcome(() => gate.admitUpgrade(offering(ticket, origin)))).toBe('401 invalid_token')
    expect(await outcome(() => gate.admitUpgrade(offering(ticket)))).toBe('401 invalid_token')
  })

  test('B10: that is too old, was altered, or was never given is refused', async () => {
    const { gate, clock } = startGate(PAGES)
    const alice = await gate.admit(bearing('alice'))
    const { ticket } = gate.issueTicket(alice, GOOD)
    for (const other of [
      `${ticket.slice(0, 42)}${ticket.endsWith('A') ? 'B' : 'A'}`,
      'A'.repeat(43),
      `${ticket}A`,
      ticket.slice(1),
      '',
    ])
      expect([other, await outcome(() => gate.admitUpgrade(offering(other)))]).toEqual([other, '401 invalid_token'])
    clock.advance(30_000)
    expect(await outcome(() => gate.admitUpgrade(offering(ticket)))).toBe('401 invalid_token')
  })

  test('of somebody who was revoked, or has expired, is refused', async () => {
    const { gate, clock } = startGate({
      ...PAGES,
      authenticate: ({ token }) => ({ id: token ?? '', expiresAt: Date.UTC(2026, 0, 1, 0, 0, 20) }),
    })
    const [alice, bob] = [await gate.admit(bearing('alice')), await gate.admit(bearing('bob'))]
    const [revoked, expired] = [gate.issueTicket(alice, GOOD), gate.issueTicket(bob, GOOD)]
    gate.revoke('alice')
    expect(await outcome(() => gate.admitUpgrade(offering(revoked.ticket)))).toBe('401 invalid_token')
    clock.advance(20_000)
    expect(await outcome(() => gate.admitUpgrade(offering(expired.ticket)))).toBe('401 token_expired')
  })

  test('may wait with 63 others of the same visitor, and takes no place of anybody else', async () => {
    const { gate, clock } = startGate(PAGES)
    const [alice, bob] = [await gate.admit(bearing('alice')), await gate.admit(bearing('bob'))]
    const tickets = Array.from({ length: 64 }, () => gate.issueTicket(alice, GOOD).ticket)
    expect(new Set(tickets).size).toBe(64)
    expect(await outcome(() => gate.issueTicket(alice, GOOD))).toBe('429 tickets')
    expect(await outcome(() => gate.issueTicket(bob, GOOD))).toBe('let in')
    await gate.admitUpgrade(offering(tickets[0] ?? ''))
    expect(await outcome(() => gate.issueTicket(alice, GOOD))).toBe('let in')
    clock.advance(30_000)
    expect(await outcome(() => gate.issueTicket(alice, GOOD))).toBe('let in')
  })

  test('is good for anonymous ones too, and one of the names on it is no secret', async () => {
    const { gate } = startGate({ ...PAGES, authenticate: undefined, allowAnonymous: true })
    const { ticket } = gate.issueTicket(gate.stranger(handshake()), null)
    expect(nameOf(await gate.admitUpgrade(offering(ticket, null)))).toBeNull()
    expect(await outcome(() => gate.admitUpgrade(offering(ticket, null)))).toBe('401 invalid_token')
  })
})
