import { expect, test } from 'vitest'
import { authenticate, bearing, handshake, outcome, refusalOf, request, startGate } from './testing/gate-rig.ts'

const times = async (count: number, act: () => Promise<unknown>): Promise<string[]> => {
  const said: string[] = []
  for (let done = 0; done < count; done++) said.push(await outcome(act))
  return said
}

test('S10: 200 requests at once, then 50 a second, counted by principal wherever it comes from', async () => {
  const { gate, clock } = startGate()
  const peers = ['203.0.113.1', '203.0.113.2']
  let turn = 0
  const ask = () => gate.admit(bearing('alice', { peer: peers[turn++ % 2] ?? '' }))
  expect(new Set(await times(200, ask))).toEqual(new Set(['let in']))
  const refusal = await refusalOf(ask)
  expect([refusal?.status, refusal?.code, refusal?.headers['Retry-After']]).toEqual([429, 'rate_limited', '1'])
  expect(await outcome(() => gate.admit(bearing('bob')))).toBe('let in')
  clock.advance(1_000)
  expect((await times(51, ask)).filter((said) => said === 'let in')).toHaveLength(50)
})

test('S10: who is nobody pays by address, refused or not, and an IPv6 customer is one address', async () => {
  const { gate } = startGate({ allowAnonymous: true, limits: { requests: { perSecond: 1, burst: 3 } } })
  const from = (peer: string, token?: string) => () =>
    gate.admit(token === undefined ? request({}, { peer }) : bearing(token, { peer }))
  expect(await outcome(from('2001:db8::1'))).toBe('let in')
  expect(await outcome(from('2001:db8::2', 'eve'))).toBe('401 invalid_token')
  expect(await outcome(from('2001:db8:0:0:ffff::3'))).toBe('let in')
  expect(await outcome(from('2001:db8::4'))).toBe('429 rate_limited')
  expect(await outcome(from('2001:db8::4', 'eve'))).toBe('429 rate_limited')
  expect(await outcome(from('2001:db8:0:1::4'))).toBe('let in')
  expect(await outcome(from('2001:db8::1', 'alice'))).toBe('let in')
})

test('B62: a forged X-Forwarded-For is no other address', async () => {
  const { gate } = startGate({ allowAnonymous: true, limits: { requests: { perSecond: 1, burst: 1 } } })
  let forged = 0
  const ask = () => gate.admit(request({ 'x-forwarded-for': `198.51.100.${forged++}` }))
  expect(await times(3, ask)).toEqual(['let in', '429 rate_limited', '429 rate_limited'])
})

test('S10: the sixth wrong token a minute is not even looked at, for a minute, and costs the neighbours nothing', async () => {
  const asked: (string | null)[] = []
  const { gate, clock } = startGate({
    authenticate: (request) => {
      asked.push(request.token)
      return authenticate(request)
    },
  })
  await gate.admit(bearing('alice'))
  const guess = () => gate.admit(bearing(`guess ${asked.length}`.replace(' ', '-')))
  expect(await times(7, guess)).toEqual([...Array(5).fill('401 invalid_token'), '429 rate_limited', '429 rate_limited'])
  expect(asked).toHaveLength(6)
  expect((await refusalOf(guess))?.headers['Retry-After']).toBe('60')
  // Alice was here before; bob was not, and cannot be told from another guess; who shows no token does not guess.
  expect(await outcome(() => gate.admit(bearing('alice')))).toBe('let in')
  expect(await outcome(() => gate.admit(bearing('bob')))).toBe('429 rate_limited')
  expect(await outcome(() => gate.admit(request()))).toBe('401 unauthenticated')
  expect(await outcome(() => gate.admit(bearing('bob', { peer: '203.0.113.2' })))).toBe('let in')
  expect(await outcome(() => gate.greet(handshake(), 'guess'))).toBe('429 rate_limited')
  clock.advance(60_000)
  expect(await outcome(guess)).toBe('401 invalid_token')
})

test('an expired token is no guess: a page that was asleep may try it as often as it likes', async () => {
  const { gate } = startGate()
  expect(new Set(await times(20, () => gate.admit(bearing('late'))))).toEqual(new Set(['401 token_expired']))
  expect(await outcome(() => gate.admit(bearing('alice')))).toBe('let in')
})

test('S10: 50 handshakes at once, then 10 a second, by address until a name is known', async () => {
  const { gate, clock } = startGate()
  expect(new Set(await times(50, () => gate.admitUpgrade(handshake())))).toEqual(new Set(['let in']))
  expect(await outcome(() => gate.admitUpgrade(handshake()))).toBe('429 rate_limited')
  expect(await outcome(() => gate.admitUpgrade(handshake({ authorization: 'Bearer alice' })))).toBe('let in')
  clock.advance(1_000)
  expect((await times(11, () => gate.admitUpgrade(handshake()))).filter((said) => said === 'let in')).toHaveLength(10)
})

test('what somebody does is paid for out of a bucket each', async () => {
  const { gate, clock } = startGate()
  const alice = await gate.admit(bearing('alice'))
  const bob = await gate.admit(bearing('bob'))
  expect(gate.spend(alice, 'bytesIn', 1_048_576)).toBe(0)
  expect(gate.spend(alice, 'bytesIn', 262_144)).toBe(1_000)
  expect([gate.spend(alice, 'publishes', 60), gate.spend(alice, 'publishes', 1)]).toEqual([0, 50])
  expect([gate.spend(alice, 'creates', 10), gate.spend(alice, 'creates', 1)]).toEqual([0, 100])
  expect([gate.spend(alice, 'handshakes', 50), gate.spend(alice, 'requests', 199)]).toEqual([0, 0])
  expect(gate.spend(bob, 'bytesIn', 1_048_576)).toBe(0)
  clock.advance(1_000)
  expect(gate.spend(alice, 'bytesIn', 262_144)).toBe(0)
})

test('the server takes on 1,000 new connections at once, then 500 a second', async () => {
  const { gate, clock } = startGate()
  for (let taken = 0; taken < 1_000; taken++) gate.accept()
  const refusal = await refusalOf(() => gate.accept())
  expect([refusal?.status, refusal?.code, refusal?.headers['Retry-After']]).toEqual([503, 'busy', '1'])
  clock.advance(1_000)
  for (let taken = 0; taken < 500; taken++) gate.accept()
  expect(await outcome(() => gate.accept())).toBe('503 busy')
})
