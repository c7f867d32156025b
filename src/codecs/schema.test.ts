import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import * as mini from 'zod/mini'
import { json } from './codec.ts'
import { incoming, outgoing, type Schema } from './schema.ts'

const schemas: Record<string, Schema<unknown, unknown>> = {
  zod: z.object({ price: z.number() }),
  'zod/mini': mini.object({ price: mini.number() }),
  valibot: v.object({ price: v.number() }),
}

for (const [name, schema] of Object.entries(schemas)) {
  describe(name, () => {
    test('a message that fits is handed on as the schema made it', () => {
      expect(incoming(json, schema)('{"price":1}')).toEqual({ price: 1 })
    })

    test('a refused message says how many issues there are; what and where is for the eyes of the app', () => {
      expect(() => incoming(json, schema)('{"price":"canary"}')).toThrow(
        expect.objectContaining({
          code: 'schema_refused',
          message: 'A received message does not fit its schema: one issue, named in the cause.',
          cause: [expect.objectContaining({ message: expect.any(String) })],
        }),
      )
      expect(() => incoming(json, schema)('"canary"')).toThrow(expect.objectContaining({ code: 'schema_refused' }))
    })

    test('what is sent is validated before it is encoded', () => {
      expect(outgoing(json, schema)({ price: 2 })).toBe('{"price":2}')
      expect(() => outgoing(json, schema)({ price: 'canary' })).toThrow(
        expect.objectContaining({ code: 'schema_refused' }),
      )
    })
  })
}

test('an asynchronous schema is a promise, and refuses by rejecting', async () => {
  const even = z.number().refine(async (value) => value % 2 === 0)
  const translate = incoming(json, even as unknown as Schema)
  await expect(translate('2')).resolves.toBe(2)
  await expect(translate('3')).rejects.toMatchObject({ code: 'schema_refused' })
})

test('without a schema nothing is paid for one: a synchronous codec stays synchronous', () => {
  expect(incoming(json, undefined)('1')).toBe(1)
  expect(outgoing(json, undefined)(1)).toBe('1')
})
