import { expect, test } from 'vitest'
import { loaded, partOf } from './durable-parts.ts'

test('a part that cannot be loaded is `network`, so that the next attempt asks for it again', async () => {
  await expect(loaded(Promise.resolve(1))).resolves.toBe(1)
  const failure = new TypeError('Failed to fetch dynamically imported module')
  await expect(loaded(Promise.reject(failure))).rejects.toMatchObject({ code: 'network', cause: failure })
})

test('a part is loaded once, and again only after it could not be', async () => {
  let loads = 0
  const part = partOf(async () => {
    loads++
    if (loads === 1) throw new TypeError('Failed to fetch dynamically imported module')
    return { loads }
  })
  await expect(part()).rejects.toMatchObject({ code: 'network' })
  expect(await part()).toEqual({ loads: 2 })
  expect(part()).toEqual({ loads: 2 })
})
