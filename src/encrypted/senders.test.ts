import { expect, test } from 'vitest'
import { Senders } from './senders.ts'
import { codeOf, randomKey, ringOfOne } from './testing/tokens.ts'

const message = (kid: string, sid: string, seq = 0) => ({ kid, sid, seq, chn: 'room' })

test('senders are told apart, also by the key they use', async () => {
  const keys = await ringOfOne()
  const senders = new Senders(1, 10)
  for (const [kid, sid] of [
    ['k1', 'a'],
    ['k1', 'b'],
    ['k2', 'a'],
  ] as const) {
    expect(await senders.take(message(kid, sid), keys)).toBe(0)
    expect(await codeOf(senders.take(message(kid, sid), keys))).toBe('replayed')
  }
  expect(await senders.take(message('k1', 'a', 3), keys)).toBe(2)
})

test('names that mean something to JavaScript are names like any other', async () => {
  const keys = await ringOfOne()
  const senders = new Senders(1, 10)
  for (const name of ['__proto__', 'constructor']) {
    expect(await senders.take(message(name, name), keys)).toBe(0)
    expect(await codeOf(senders.take(message(name, name), keys))).toBe('replayed')
  }
})

test('one sender too many is refused, and nobody known is forgotten for it', async () => {
  const keys = await ringOfOne()
  const senders = new Senders(1, 2)
  await senders.take(message('k1', 'a'), keys)
  await senders.take(message('k1', 'b'), keys)
  expect(await codeOf(senders.take(message('k1', 'c'), keys))).toBe('limit_exceeded')
  expect(await codeOf(senders.take(message('k1', 'a'), keys))).toBe('replayed')
  expect(await senders.take(message('k1', 'a', 1), keys)).toBe(0)
})

test('a retired key makes room, a source that fails does not', async () => {
  const keys = await ringOfOne()
  keys.add('k2', await randomKey())
  keys.use('k2')
  const senders = new Senders(1, 1)
  await senders.take(message('k1', 'a'), keys)
  const failing = { current: 'k2', get: () => Promise.reject(new Error('The key server is away.')) }
  expect(await codeOf(senders.take(message('k2', 'b'), failing))).toBe('limit_exceeded')
  expect(await codeOf(senders.take(message('k2', 'b'), keys))).toBe('limit_exceeded')
  keys.retire('k1')
  expect(await senders.take(message('k2', 'b'), keys)).toBe(0)
  expect(await codeOf(senders.take(message('k2', 'c'), keys))).toBe('limit_exceeded')
})

test('of two copies at the same time one is taken', async () => {
  const keys = await ringOfOne()
  const senders = new Senders(8, 4)
  const codes = await Promise.all([1, 2].map(() => codeOf(senders.take(message('k1', 'a'), keys))))
  expect(codes.sort()).toEqual(['accepted', 'replayed'])
})
