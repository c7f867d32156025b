import { expect, test } from 'vitest'
import type { Action, Authorize, Principal } from './principal.ts'
import { bearing, handshake, request, startGate } from './testing/gate-rig.ts'

/** A hook that counts, and says yes until it is told otherwise. */
function counting(answer: () => unknown = () => true) {
  const asked: [Principal | null, Action, string][] = []
  const authorize = ((principal, action, path) => {
    asked.push([principal, action, path])
    return answer()
  }) as Authorize
  return { asked, authorize }
}

test('without authorize, whoever is inside may do everything', async () => {
  const { gate } = startGate()
  expect(await gate.allows(await gate.admit(bearing('alice')), 'delete', 'a')).toBe(true)
})

test('S7: it is asked for each action and each stream, and what it allows holds for a minute', async () => {
  const { asked, authorize } = counting()
  const { gate, clock } = startGate({ authorize })
  const alice = await gate.admit(bearing('alice'))
  const ask = async () => {
    for (const [action, path] of [
      ['read', 'a'],
      ['read', 'b'],
      ['append', 'a'],
    ] as const)
      expect(await gate.allows(alice, action, path)).toBe(true)
  }
  await ask()
  await ask()
  expect(asked).toEqual([
    [{ id: 'alice' }, 'read', 'a'],
    [{ id: 'alice' }, 'read', 'b'],
    [{ id: 'alice' }, 'append', 'a'],
  ])
  clock.advance(59_999)
  await ask()
  expect(asked).toHaveLength(3)
  clock.advance(1)
  await ask()
  expect(asked).toHaveLength(6)
})

test('what is refused is asked again: who has just been granted something need not wait', async () => {
  let answer = false
  const { gate } = startGate({ authorize: () => answer })
  const alice = await gate.admit(bearing('alice'))
  expect(await gate.allows(alice, 'read', 'a')).toBe(false)
  answer = true
  expect(await gate.allows(alice, 'read', 'a')).toBe(true)
})

test('a cached yes is for one credential: a lesser token of the same principal does not inherit it', async () => {
  const { gate } = startGate({
    authenticate: ({ token }) => ({ id: 'alice', claims: token }),
    authorize: (principal) => principal?.claims === 'full',
  })
  const full = await gate.admit(bearing('full'))
  expect(await gate.allows(full, 'delete', 'a')).toBe(true)
  expect(await gate.allows(await gate.admit(bearing('lesser')), 'delete', 'a')).toBe(false)
  expect(await gate.allows(await gate.admit(bearing('full')), 'delete', 'a')).toBe(true)
})

test('a cached yes is shared by requests with the same token, and not where there is none', async () => {
  const { asked, authorize } = counting()
  const { gate } = startGate({ authorize, authenticate: ({ token }) => ({ id: token ?? 'by-header' }) })
  for (let requests = 0; requests < 3; requests++) await gate.allows(await gate.admit(bearing('alice')), 'read', 'a')
  expect(asked).toHaveLength(1)
  for (let requests = 0; requests < 3; requests++) await gate.allows(await gate.admit(request()), 'read', 'a')
  expect(asked).toHaveLength(4)
})

test('S7: a renewal and a revocation make it ask again', async () => {
  const { asked, authorize } = counting()
  const { gate } = startGate({ authorize })
  const alice = await gate.greet(handshake(), 'alice')
  await gate.allows(alice, 'read', 'a')
  const renewed = await gate.renew(alice, 'alice')
  await gate.allows(renewed, 'read', 'a')
  await gate.allows(renewed, 'read', 'a')
  expect(asked).toHaveLength(2)
  gate.revoke('alice')
  expect(await gate.allows(renewed, 'read', 'a')).toBe(false)
  expect(asked).toHaveLength(2)
  await gate.allows(await gate.greet(handshake(), 'alice'), 'read', 'a')
  expect(asked).toHaveLength(3)
})

test('anonymous ones are asked about as null, and share what is allowed to them', async () => {
  const { asked, authorize } = counting()
  const { gate } = startGate({ authorize, authenticate: undefined, allowAnonymous: true })
  for (const peer of ['203.0.113.1', '203.0.113.2'])
    expect(await gate.allows(await gate.admit(request({}, { peer })), 'read', 'a')).toBe(true)
  expect(asked).toEqual([[null, 'read', 'a']])
})

test.each([
  [
    'throws',
    () => {
      throw new Error('broken')
    },
    1,
  ],
  ['rejects', () => Promise.reject(new Error('broken')), 1],
  ['returns a row', () => ({ allowed: false }), 0],
  ['returns a number', () => 1, 0],
  ['returns nothing', () => undefined, 0],
  ['resolves to text', () => Promise.resolve('yes'), 0],
])('a hook that %s means no', async (_what, answer, reported) => {
  const { gate, reports } = startGate({ authorize: counting(answer).authorize })
  expect(await gate.allows(await gate.admit(bearing('alice')), 'read', 'a')).toBe(false)
  expect(reports).toHaveLength(reported)
})

test('a hook that never answers means no after ten seconds, and is reported', async () => {
  const { gate, clock, reports } = startGate({ authorize: () => new Promise(() => {}) })
  const asked = gate.allows(await gate.admit(bearing('alice')), 'read', 'a')
  clock.advance(10_000)
  expect(await asked).toBe(false)
  expect(reports).toMatchObject([{ message: 'authorize did not answer within 10 s.' }])
})

test('a yes that comes after the revocation is no yes', async () => {
  let answer: (allowed: boolean) => void = () => {}
  const { gate } = startGate({ authorize: () => new Promise((resolve) => (answer = resolve)) })
  const asked = gate.allows(await gate.admit(bearing('alice')), 'read', 'a')
  gate.revoke('alice')
  answer(true)
  expect(await asked).toBe(false)
})

test('of ten thousand and one permissions the one that was not used for longest is forgotten', async () => {
  const { asked, authorize } = counting()
  const { gate } = startGate({ authorize })
  const alice = await gate.admit(bearing('alice'))
  for (let stream = 0; stream < 10_001; stream++) await gate.allows(alice, 'read', `s/${stream}`)
  await gate.allows(alice, 'read', 's/1')
  expect(asked).toHaveLength(10_001)
  await gate.allows(alice, 'read', 's/0')
  expect(asked).toHaveLength(10_002)
})
