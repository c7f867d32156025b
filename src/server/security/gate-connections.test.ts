import { describe, expect, test } from 'vitest'
import type { Authenticate } from './principal.ts'
import { bearing, connection, handshake, outcome, refusalOf, startGate } from './testing/gate-rig.ts'

const START = Date.UTC(2026, 0, 1)
/** `alice:5` is alice for five more seconds. */
const timed: Authenticate = ({ token }) => {
  const [id = '', seconds] = token?.split(':') ?? []
  return seconds === undefined ? { id } : { id, expiresAt: START + Number(seconds) * 1_000 }
}

describe('open connections', () => {
  test('B59: one too many for the server is refused with 503, and those inside stay', async () => {
    const { gate, entries } = startGate({ limits: { connections: 3 } })
    const inside = [connection(), connection(), connection()]
    const alice = await gate.admit(bearing('alice'))
    const places = inside.map((one) => gate.enter(alice, one))
    const refusal = await refusalOf(() => gate.enter(alice, connection()))
    expect([refusal?.status, refusal?.code, refusal?.headers['Retry-After']]).toEqual([503, 'connections', '5'])
    expect(entries.at(-1)).toMatchObject({ event: 'admission.refused', status: 503, code: 'connections' })
    expect(inside.flatMap(({ why }) => why)).toEqual([])
    places[0]?.leave()
    places[0]?.leave()
    expect(await outcome(() => gate.enter(alice, connection()))).toBe('let in')
    expect(await outcome(() => gate.enter(alice, connection()))).toBe('503 connections')
  })

  test('are 32 of a principal and 100 of an address at most', async () => {
    const { gate } = startGate({ authenticate: timed })
    const enter = async (token: string, peer: string) => {
      const visitor = await gate.admit(bearing(token, { peer }))
      return outcome(() => gate.enter(visitor, connection()))
    }
    for (let open = 0; open < 32; open++) expect(await enter('alice', '203.0.113.1')).toBe('let in')
    expect(await enter('alice', '203.0.113.2')).toBe('429 connections')
    for (let open = 32; open < 100; open++) expect(await enter(`user-${open}`, '203.0.113.1')).toBe('let in')
    expect(await enter('carol', '203.0.113.1')).toBe('429 connections')
    expect(await enter('carol', '203.0.113.2')).toBe('let in')
  })

  test('a renewal that is refused changes nothing', async () => {
    const { gate } = startGate({ limits: { connectionsPerPrincipal: 1 } })
    const alice = await gate.greet(handshake(), 'alice')
    const first = gate.enter(alice, connection())
    const second = gate.enter(gate.stranger(handshake()), connection())
    expect(await outcome(() => second.renew(alice))).toBe('429 connections')
    first.leave()
    expect(await outcome(() => second.renew(alice))).toBe('let in')
    expect(await outcome(() => second.renew(alice))).toBe('let in')
    expect(await outcome(() => gate.enter(alice, connection()))).toBe('429 connections')
  })
})

describe('S8: the end of a credential', () => {
  test('ends its connections within a second, once, and no others; one timer watches all', async () => {
    const { gate, clock, entries } = startGate({ authenticate: timed })
    const open = async (token: string) => {
      const inside = connection()
      return { ...inside, entry: gate.enter(await gate.admit(bearing(token)), inside) }
    }
    const forever = await open('carol')
    expect(clock.pending).toBe(0)
    const [soon, later, left] = [await open('alice:5'), await open('alice:9'), await open('bob:5')]
    expect(clock.pending).toBe(1)
    left.entry.leave()
    clock.advance(4_999)
    expect(soon.why).toEqual([])
    clock.advance(1_000)
    expect([soon.why, later.why, left.why, forever.why]).toEqual([['expired'], [], [], []])
    expect(entries.at(-1)).toMatchObject({ event: 'connection.expelled', code: 'expired' })
    clock.advance(60_000)
    expect([soon.why, later.why, forever.why, clock.pending]).toEqual([['expired'], ['expired'], [], 0])
  })

  test('is put off by a renewal', async () => {
    const { gate, clock } = startGate({ authenticate: timed })
    const inside = connection()
    const alice = await gate.greet(handshake(), 'alice:5')
    const entry = gate.enter(alice, inside)
    entry.renew(await gate.renew(alice, 'alice:10'))
    clock.advance(9_000)
    expect(inside.why).toEqual([])
    clock.advance(1_000)
    expect([inside.why, clock.pending]).toEqual([['expired'], 0])
    entry.renew(alice)
    entry.leave()
    expect(clock.pending).toBe(0)
  })

  test('that came while somebody was on his way in keeps him out', async () => {
    const { gate, clock } = startGate({ authenticate: timed })
    const alice = await gate.admit(bearing('alice:5'))
    clock.advance(5_000)
    expect(await outcome(() => gate.enter(alice, connection()))).toBe('401 token_expired')
    expect(await gate.allows(alice, 'read', 'a')).toBe(false)
  })

  test('is not waited for any more when its connections have gone', async () => {
    const { gate, clock } = startGate({ authenticate: timed })
    const alice = await gate.admit(bearing('alice:5'))
    const entries = [gate.enter(alice, connection()), gate.enter(alice, connection())]
    const pending = entries.map((entry) => {
      entry.leave()
      return clock.pending
    })
    expect(pending).toEqual([1, 0])
  })

  test('leaves no timer behind when the gate closes', async () => {
    const { gate, clock } = startGate({ authenticate: timed })
    gate.enter(await gate.admit(bearing('alice:5')), connection())
    gate.close()
    expect(clock.pending).toBe(0)
  })
})

describe('S8: a revocation', () => {
  test('ends all connections of the principal at once, and no others', async () => {
    const { gate, entries } = startGate()
    const [one, two, other, anonymous] = [connection(), connection(), connection(), connection()]
    gate.enter(await gate.admit(bearing('alice')), one)
    gate.enter(await gate.admit(bearing('alice')), two)
    gate.enter(await gate.admit(bearing('bob')), other)
    gate.enter(gate.stranger(handshake()), anonymous)
    gate.revoke('alice')
    gate.revoke('alice')
    gate.revoke('nobody')
    expect([one.why, two.why, other.why, anonymous.why]).toEqual([['revoked'], ['revoked'], [], []])
    expect(entries.filter(({ event }) => event === 'connection.expelled')).toHaveLength(2)
  })

  test('reaches the others when one connection throws, or leaves while it is told', async () => {
    const { gate, reports } = startGate()
    const alice = await gate.admit(bearing('alice'))
    const last = connection()
    const leaving = gate.enter(alice, { expelled: () => leaving.leave() })
    gate.enter(alice, {
      expelled: () => {
        throw new Error('a listener')
      },
    })
    gate.enter(alice, last)
    gate.revoke('alice')
    expect([last.why, reports]).toMatchObject([['revoked'], [{ message: 'a listener' }]])
  })

  test('reaches the others when even the reporter throws', async () => {
    const broken = () => {
      throw new Error('broken')
    }
    const { gate, clock } = startGate({ authenticate: timed, authorize: broken, report: broken })
    const last = connection()
    const alice = await gate.admit(bearing('alice:5'))
    gate.enter(alice, { expelled: broken })
    gate.enter(alice, last)
    expect(await gate.allows(alice, 'read', 'a')).toBe(false)
    clock.advance(5_000)
    expect(last.why).toEqual(['expired'])
  })

  test('holds for what was under way: authenticate had looked before, and answers after', async () => {
    let answer: (principal: { id: string }) => void = () => {}
    const { gate } = startGate({ authenticate: () => new Promise((resolve) => (answer = resolve)) })
    const late = outcome(() => gate.admit(bearing('alice')))
    gate.revoke('alice')
    answer({ id: 'alice' })
    expect(await late).toBe('401 invalid_token')
  })

  test('holds for who is inside already, and not for who is let in again', async () => {
    const { gate } = startGate()
    const before = await gate.admit(bearing('alice'))
    gate.revoke('alice')
    expect(await outcome(() => gate.enter(before, connection()))).toBe('401 invalid_token')
    expect(await gate.allows(before, 'read', 'a')).toBe(false)
    const after = await gate.admit(bearing('alice'))
    expect(await outcome(() => gate.enter(after, connection()))).toBe('let in')
    expect(await gate.allows(after, 'read', 'a')).toBe(true)
  })

  test('an expelled connection counts until it has really ended', async () => {
    const { gate } = startGate({ limits: { connectionsPerPrincipal: 1 } })
    const entry = gate.enter(await gate.admit(bearing('alice')), connection())
    gate.revoke('alice')
    const after = await gate.admit(bearing('alice'))
    expect(await outcome(() => gate.enter(after, connection()))).toBe('429 connections')
    entry.leave()
    expect(await outcome(() => gate.enter(after, connection()))).toBe('let in')
  })
})
