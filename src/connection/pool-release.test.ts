import { expect, test } from 'vitest'
import { nextUncaught } from '../../test/uncaught.ts'
import { simulatedClock } from '../testing/clock.ts'
import { createPool, type PoolOptions } from './pool.ts'

const origin = 'https://one.example'
const unmoved = (): void => {}

function openPool(options: PoolOptions = {}) {
  const clock = simulatedClock()
  const pool = createPool({ clock, cooldown: 1_000, longestCooldown: 90_000, threshold: 2, ...options })
  return {
    clock,
    pool,
    join: () => pool.join(origin, unmoved),
    /** Somebody else comes and goes, which is when a pool looks around. */
    passBy: () => pool.join('https://other.example', unmoved).leave(),
    state: () => pool.breaker(origin)?.getSnapshot().value,
  }
}

test('an origin is released when the last one leaves it a minute after the last request', async () => {
  const { clock, join, pool, state } = openPool()
  const [one, other] = [join(), join()]
  one.spend()
  one.succeeded()
  await clock.advance(60_000)
  one.leave()
  one.leave()
  expect(state()).toBe('closed')
  const breaker = pool.breaker(origin)
  other.leave()
  expect([pool.breaker(origin), breaker?.getSnapshot().status]).toEqual([undefined, 'stopped'])
})

test('what was spent is remembered for its minute, and released when somebody comes by after it', async () => {
  const { clock, join, passBy, state } = openPool({ requestsPerMinute: 1 })
  const first = join()
  first.spend()
  first.leave()
  await clock.advance(59_999)
  passBy()
  const second = join()
  expect(second.wait()).toBe(1)
  second.leave()
  await clock.advance(1)
  passBy()
  expect([state(), clock.pending]).toEqual([undefined, 0])
})

test('an open breaker outlives its members: whoever comes finds it open, and admits one trial later', async () => {
  const { clock, join, passBy, state } = openPool({ cooldown: 80_000 })
  const first = join()
  first.spend()
  first.failed()
  first.failed()
  first.leave()
  await clock.advance(79_999)
  passBy()
  const second = join()
  expect([state(), second.wait()]).toEqual(['open', 1])
  second.leave()
  await clock.advance(1)
  passBy()
  expect(state()).toEqual({ halfOpen: 'ready' })
})

test('a trial that nobody wants to make is let go after the longest cooldown', async () => {
  const { clock, join, passBy, state } = openPool()
  const member = join()
  member.failed()
  member.failed()
  member.leave()
  await clock.advance(1_000 + 89_999)
  passBy()
  expect(state()).toEqual({ halfOpen: 'ready' })
  await clock.advance(1)
  passBy()
  expect(state()).toBeUndefined()
})

test('failures that opened nothing count for whoever comes next, until the longest cooldown is over', async () => {
  const { clock, join, passBy, state } = openPool()
  const first = join()
  first.failed()
  first.leave()
  await clock.advance(89_999)
  passBy()
  const second = join()
  second.failed()
  expect(state()).toBe('open')
  second.succeeded()
  second.failed()
  second.leave()
  await clock.advance(90_000)
  passBy()
  expect(state()).toBeUndefined()
})

test('who comes back before the release has the same breaker, and a release is off as long as he stays', async () => {
  const { clock, join, passBy, pool } = openPool()
  const first = join()
  first.spend()
  first.leave()
  const breaker = pool.breaker(origin)
  const second = join()
  await clock.advance(1_000_000)
  passBy()
  expect(pool.breaker(origin)).toBe(breaker)
  second.leave()
  expect(pool.breaker(origin)).toBeUndefined()
})

test('a thousand origins that were used once are gone after as many more have come', async () => {
  const { clock, pool } = openPool()
  const names = Array.from({ length: 1_000 }, (_, index) => `https://${index}.example`)
  const visit = (name: string): void => {
    const member = pool.join(name, unmoved)
    member.spend()
    member.leave()
  }
  const known = (): number => names.filter((name) => pool.breaker(name) !== undefined).length
  for (const name of names) visit(name)
  expect(known()).toBe(1_000)
  await clock.advance(60_000)
  for (let index = 0; index < 1_000; index++) visit(`https://${index}.later.example`)
  expect(known()).toBe(0)
})

test('every member hears of the breaker once, also after one that throws', async () => {
  const { join, pool } = openPool()
  const heard: string[] = []
  const uncaught = nextUncaught()
  pool.join(origin, () => {
    throw new Error('mistake of an app')
  })
  for (const name of ['a', 'b']) pool.join(origin, ({ type }) => heard.push(`${name} ${type}`))
  const teller = join()
  teller.failed()
  teller.failed()
  expect(heard).toEqual(['a breaker.opened', 'b breaker.opened'])
  await expect(uncaught).resolves.toMatchObject({ message: 'mistake of an app' })
})

test('who leaves while the breaker speaks does not disturb it, and who has left hears nothing', () => {
  const { join, pool } = openPool()
  const heard: string[] = []
  const one = pool.join(origin, ({ type }) => {
    heard.push(type)
    one.leave()
  })
  const teller = join()
  teller.failed()
  teller.failed()
  teller.succeeded()
  expect(heard).toEqual(['breaker.opened'])
})
