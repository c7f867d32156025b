import { expect, onTestFinished, test, vi } from 'vitest'
import { TimeLine } from '../../test/simulation/time-line.ts'
import { Admission, originOf } from './admission.ts'
import { createPool } from './pool.ts'

const origin = 'https://one.example'

function inPool() {
  const time = new TimeLine()
  const pool = createPool({ clock: time, threshold: 2, requestsPerMinute: 3 })
  const admit = (budget?: number): Admission => {
    const admission = new Admission(time, budget)
    admission.join(pool, origin, () => {})
    return admission
  }
  return { admit, pool, time }
}

test('a connection by itself has 30 requests in any minute', () => {
  let now = 0
  const admission = new Admission({ now: () => now })
  for (let request = 0; request < 30; request++) {
    expect(admission.wait()).toBe(0)
    admission.spend()
  }
  expect(admission.wait()).toBe(60_000)
  now = 59_999
  expect(admission.wait()).toBe(1)
  now = 60_000
  expect(admission.wait()).toBe(0)
})

test('of its own budget and that of its origin the tighter one counts', () => {
  const { admit } = inPool()
  const [one, other, tight] = [admit(), admit(), admit(1)]
  tight.spend()
  expect([one.wait(), tight.wait()]).toEqual([0, 60_000])
  one.spend()
  other.spend()
  expect([one.wait(), other.wait()]).toEqual([60_000, 60_000])
})

test('answers and silence are told to the breaker', () => {
  const { admit, pool } = inPool()
  const admission = admit()
  admission.note(false)
  admission.note(true)
  admission.note(false)
  expect(pool.breaker(origin)?.getSnapshot().value).toBe('closed')
  admission.note(false)
  expect(pool.breaker(origin)?.getSnapshot().value).toBe('open')
  expect(admission.wait()).toBe(5_000)
})

test('who has left hears nothing, tells nothing and shares nothing; who joins twice is one', () => {
  const { pool, time } = inPool()
  const heard: string[] = []
  const admission = new Admission(time)
  admission.join(pool, origin, ({ type }) => heard.push(type))
  admission.join(pool, origin, ({ type }) => heard.push(type))
  admission.note(false)
  admission.note(false)
  expect(heard).toEqual(['breaker.opened'])
  admission.leave()
  admission.leave()
  admission.note(true)
  expect(admission.wait()).toBe(0)
  expect(pool.breaker(origin)?.getSnapshot().value).toBe('open')
  admission.join(pool, origin, ({ type }) => heard.push(type))
  admission.note(true)
  expect(heard).toEqual(['breaker.opened', 'breaker.closed'])
})

test('without a pool there is nobody to tell', () => {
  const admission = new Admission({ now: () => 0 })
  admission.join(undefined, origin, () => {})
  for (let failure = 0; failure < 100; failure++) admission.note(false)
  admission.note(true)
  expect(admission.wait()).toBe(0)
})

test.each([
  [{ url: 'https://one.example/a?b#c' }, 'https://one.example'],
  [{ url: 'wss://one.example/socket' }, 'https://one.example'],
  [{ url: 'ws://one.example:8080/socket' }, 'http://one.example:8080'],
  [{ url: new URL('http://one.example:80/') }, 'http://one.example'],
  [{ url: 'https://news.example/' }, 'https://news.example'],
  [{ url: '/relative' }, ''],
  [{ url: undefined }, ''],
  [{}, ''],
])('the origin of %o is "%s"', (input, expected) => {
  expect(originOf(input)).toBe(expected)
})

test('on a page a relative URL has the origin of the page', () => {
  vi.stubGlobal('location', { href: 'https://page.example/deep/er' })
  onTestFinished(() => void vi.unstubAllGlobals())
  expect(originOf({ url: '/stream' })).toBe('https://page.example')
})
