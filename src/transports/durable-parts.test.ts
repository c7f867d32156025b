import { expect, test } from 'vitest'
import { loaded } from './durable-parts.ts'

test('a part that cannot be loaded is `network`, so that the next attempt asks for it again', async () => {
  await expect(loaded(Promise.resolve(1))).resolves.toBe(1)
  const failure = new TypeError('Failed to fetch dynamically imported module')
  await expect(loaded(Promise.reject(failure))).rejects.toMatchObject({ code: 'network', cause: failure })
})
