import { describe, expect, it } from 'vitest'
import { checkKey, defaultKey, nameOf } from './key.ts'

const url = 'https://server.test/log?user=1'

describe('the key of an input', () => {
  it('is the same for the same address, whatever its fragment and its type', () => {
    const key = defaultKey({ url })
    expect(defaultKey({ url: new URL(`${url}#there`) })).toBe(key)
    expect(defaultKey({ url, method: 'GET', backoff: { base: 1 } })).toBe(key)
  })

  it.each([
    [{ url: `${url}0` }],
    [{ url, via: 'websocket' }],
    [{ url, protocols: ['chat'] }],
    [{ url, events: ['news'] }],
    [{ url, records: 'lines' }],
    [{ url, query: { symbol: 'A' } }],
    [{ url, format: 'bytes' }],
  ])('is another one for %j', (input) => {
    expect(defaultKey(input)).not.toBe(defaultKey({ url }))
  })

  it.each([
    [{ url, method: 'POST' }],
    [{ url, body: 'a question' }],
    [{ url: 1 }],
    [{ url: 'http://[' }],
    [{}],
    [null],
    ['text'],
  ])('is missing for %j, which is not shared', (input) => {
    expect(defaultKey(input)).toBeUndefined()
  })
})

describe('the name of a key', () => {
  it('is always the same, and shows nothing of the key', async () => {
    const name = await nameOf('?token=secret')
    expect(name).toBe(await nameOf('?token=secret'))
    expect(name).not.toBe(await nameOf('?token=other'))
    expect(name).toMatch(/^statewire tabs [0-9a-f]{64}$/)
  })
})

it.each([[''], [1], [null], [undefined]])('a key that is %j is refused', (key) => {
  expect(() => checkKey(key)).toThrow(expect.objectContaining({ code: 'bad_option' }))
})
