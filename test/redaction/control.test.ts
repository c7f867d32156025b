/**
 * Leaks on purpose: a search that finds nothing must be one that could have found something.
 *
 * @module
 */
import { expect, it } from 'vitest'
import { connection, type Dial, TransportError } from '../../src/core.ts'
import type { AnyLogic } from '../transports/rows.ts'
import { type Canaries, found, newCanaries, places } from './canaries.ts'
import { isCommon, Surfaces } from './surfaces.ts'
import { connectWatched, watch } from './watched.ts'

const disguises: readonly [string, (secret: string) => string][] = [
  ['plain', (secret) => `token=${secret}&x`],
  ['in capitals', (secret) => secret.toUpperCase()],
  [
    'percent-encoded',
    (secret) => [...Buffer.from(secret)].map((byte) => `%${byte.toString(16).toUpperCase()}`).join(''),
  ],
  ['in a URL', (secret) => encodeURIComponent(`a b/${secret}?`)],
  ['as base64', (secret) => btoa(secret)],
  ['as base64 behind one character', (secret) => btoa(`:${secret}:`)],
  ['as base64 behind a user name', (secret) => btoa(`ab${secret}cd`)],
  ['as base64url', (secret) => Buffer.from(`${secret}~~~`).toString('base64url')],
  ['as hex', (secret) => Buffer.from(secret).toString('hex')],
  ['as bytes in JSON', (secret) => JSON.stringify(Buffer.from(secret))],
  ['as a typed array in JSON', (secret) => JSON.stringify({ data: new TextEncoder().encode(`x${secret}`) })],
]

it.each(disguises)('finds a secret that is written %s', (_, disguise) => {
  const canaries = newCanaries()
  for (const place of places) expect(found(canaries, `before ${disguise(canaries[place])} after`)).toEqual([place])
})

it('finds nothing where there is nothing', () => {
  expect(found(newCanaries(), JSON.stringify(newCanaries()))).toEqual([])
})

it('finds a secret in each part of an error but its cause', () => {
  const { thrown } = newCanaries()
  const canaries = { ...newCanaries(), thrown }
  const leaky = [
    new Error(`It was ${thrown}.`),
    Object.assign(new Error('x'), { headers: { authorization: thrown } }),
    Object.assign(new Error('x'), { toJSON: () => ({ query: thrown }) }),
    { type: 'error', error: new Error(thrown) },
  ]
  for (const value of leaky) {
    const surfaces = new Surfaces()
    surfaces.hear('here', value)
    expect(surfaces.leaks(canaries)).toEqual(['here: thrown'])
  }
  const surfaces = new Surfaces()
  surfaces.hear('here', new TransportError('internal', 'A sentence.', { cause: new Error(thrown) }))
  expect(surfaces.leaks(canaries)).toEqual([])
})

/** A transport that tells everything, in every place that reaches an app. */
function leaky({ body, header, payloadIn, query, thrown }: Canaries): Dial<object> {
  return async (_, request) => {
    console.warn('connecting with', { headers: { authorization: header } })
    if (request.attempt > 0) throw Object.assign(new TransportError('bad_frame', thrown), { code: query })
    let told = false
    return {
      protocol: `leaky ${header}`,
      async read() {
        if (told) throw new TransportError('interrupted', `The server said ${body}.`)
        told = true
        request.gap({ reason: payloadIn as 'trimmed', lost: null })
        return true
      },
      close() {},
    }
  }
}

it('finds what a careless transport says, on every surface it reaches', async () => {
  const { canaries, surfaces } = watch()
  const logic = connection(leaky(canaries)) as unknown as AnyLogic
  const watched = connectWatched({ canaries, surfaces }, logic, {})
  await watched.until('reconnecting')
  watched.clock.increment(600_000)
  await watched.until('error')
  await watched.finish()
  expect(surfaces.leaks(canaries, isCommon)).toEqual(
    expect.arrayContaining([
      'console warn: header',
      'log info: header',
      'log warn: payloadIn',
      'log error: query',
      'pino: header',
      'pino: query',
      'metrics: header',
      'metrics: query',
      'opentelemetry: header',
      'opentelemetry: query',
      'emitted connected: header',
      'emitted gap: payloadIn',
      'emitted reconnecting: body',
      'emitted error: thrown',
      'snapshot failure: thrown',
      'snapshot reconnecting: body',
      'persisted: thrown',
      'inspection @xstate.event link.lost: body',
      'inspection @xstate.snapshot link.lost: body',
      'inspection @xstate.action xstate.emit: body',
    ]),
  )
})
