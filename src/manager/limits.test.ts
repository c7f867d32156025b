import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Limits, type ManagerLimits } from './limits.ts'

const one = 'https://one.example'
const other = 'https://other.example'

const beyond = (limit: string, facts: object = {}) =>
  expect.objectContaining({ code: 'limit_reached', message: expect.stringContaining(`limit ${limit} `), ...facts })

/** A send that settles when it is told to. */
function pending() {
  let resolve = (): void => {}
  let reject = (_reason: Error): void => {}
  const settled = new Promise<void>((...how) => ([resolve, reject] = how))
  return { send: () => settled, resolve, reject }
}

describe('connections', () => {
  test('so many are let in, and one more when one has left', () => {
    const limits = new Limits({ connections: 2 })
    limits.enter(one, 0)
    limits.enter(other, 0)
    expect(() => limits.enter(one, 0)).toThrow(beyond('connections'))
    expect(limits.connections).toBe(2)
    limits.leave(other)
    limits.enter(one, 0)
    expect(limits.connections).toBe(2)
  })

  test('ten thousand unless it is said otherwise', () => {
    const limits = new Limits()
    for (let count = 0; count < 10_000; count++) limits.enter(one, 0)
    expect(() => limits.enter(one, 0)).toThrow(beyond('connections'))
  })

  test('each origin is counted by itself', () => {
    const limits = new Limits({ perOrigin: 1 })
    limits.enter(one, 0)
    limits.enter(other, 0)
    expect(() => limits.enter(one, 0)).toThrow(beyond('perOrigin'))
    limits.leave(one)
    limits.enter(one, 0)
    expect(() => limits.enter(other, 0)).toThrow(beyond('perOrigin'))
  })
})

describe('opens a second', () => {
  test('so many in any second, and how long to wait is said', () => {
    const limits = new Limits({ opensPerSecond: 2 })
    limits.enter(one, 0)
    limits.enter(one, 300.5)
    expect(() => limits.enter(one, 999)).toThrow(beyond('opensPerSecond', { retryAfterMs: 1 }))
    limits.enter(one, 1_000)
    expect(() => limits.enter(one, 1_300)).toThrow(beyond('opensPerSecond', { retryAfterMs: 1 }))
    limits.enter(one, 1_301)
  })

  test('who was refused has opened nothing, and counts nowhere', () => {
    const limits = new Limits({ opensPerSecond: 1, perOrigin: 1 })
    limits.enter(one, 0)
    // The origin refuses it first: its second is still free.
    expect(() => limits.enter(one, 1_000)).toThrow(beyond('perOrigin'))
    limits.enter(other, 1_000)
    expect(() => limits.enter('https://third.example', 1_500)).toThrow(beyond('opensPerSecond', { retryAfterMs: 500 }))
    expect(limits.connections).toBe(2)
  })

  test('a connection that has left was opened all the same', () => {
    const limits = new Limits({ opensPerSecond: 1 })
    limits.enter(one, 0)
    limits.leave(one)
    expect(() => limits.enter(one, 10)).toThrow(beyond('opensPerSecond'))
  })

  test('no second sees more than it may, and nobody is refused for nothing', () => {
    void fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(fc.nat(600), { maxLength: 100 }), (most, gaps) => {
        const limits = new Limits({ opensPerSecond: most })
        const opened: number[] = []
        let now = 0
        for (const gap of gaps) {
          now += gap
          const mayOpen = opened.filter((then) => now - then < 1_000).length < most
          if (mayOpen) {
            limits.enter(one, now)
            opened.push(now)
          } else expect(() => limits.enter(one, now)).toThrow(beyond('opensPerSecond'))
        }
        expect(limits.connections).toBe(opened.length)
      }),
      { numRuns: 100 },
    )
  })
})

describe('bytes that wait', () => {
  test('what fits is sent, what does not is refused before it is queued, and what has settled makes room', async () => {
    const limits = new Limits({ bufferedBytes: 10 })
    const [first, second] = [pending(), pending()]
    const sent = [limits.send('sixsix', first.send), limits.send(new Uint8Array(4), second.send)]
    expect(limits.bufferedBytes).toBe(10)
    let asked = 0
    const count = async (): Promise<void> => void asked++
    await expect(limits.send('x', count)).rejects.toEqual(beyond('bufferedBytes'))
    expect(asked).toBe(0)
    first.resolve()
    await sent[0]
    expect(limits.bufferedBytes).toBe(4)
    await limits.send('sixsix', count)
    second.reject(new Error('lost'))
    await expect(sent[1]).rejects.toThrow('lost')
    expect([limits.bufferedBytes, asked]).toEqual([0, 1])
  })

  test('without that limit nothing is counted', async () => {
    const limits = new Limits()
    const { resolve, send } = pending()
    const sent = limits.send('x'.repeat(1_000_000), send)
    expect(limits.bufferedBytes).toBe(0)
    resolve()
    await sent
  })
})

const names: readonly (keyof ManagerLimits)[] = ['connections', 'perOrigin', 'opensPerSecond', 'bufferedBytes']

test.each(names.flatMap((name) => [0, -1, 0.5, 1.5, Number.NaN].map((value) => [name, value] as const)))(
  'a limit %s of %d is refused and named',
  (name, value) => {
    expect(() => new Limits({ [name]: value })).toThrow(
      expect.objectContaining({ code: 'bad_option', message: expect.stringContaining(name) }),
    )
  },
)

test.each(names)('a limit %s of one, or of none, is taken', (name) => {
  expect(() => new Limits({ [name]: 1 })).not.toThrow()
  expect(() => new Limits({ [name]: Number.POSITIVE_INFINITY })).not.toThrow()
})
