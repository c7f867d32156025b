import { describe, expect, it } from 'vitest'
import { TransportError } from '../errors.ts'
import { factsOf, revive } from './error-facts.ts'

describe('an error that went to another tab', () => {
  it('is the same there, without its cause', () => {
    const error = new TransportError('http_status', 'No.', {
      status: 503,
      retryAfterMs: 5,
      repeatable: false,
      cause: 1,
    })
    const revived = revive(structuredClone(factsOf(error)))
    expect(revived.toJSON()).toEqual(revive(factsOf(error)).toJSON())
    expect(revived).toMatchObject({
      code: 'http_status',
      message: 'No.',
      status: 503,
      retryAfterMs: 5,
      repeatable: false,
    })
    expect(revived.cause).toBeUndefined()
  })

  it.each(['a_code_to_come', 'constructor', '__proto__', ''])('was interrupted when its code is %j', (code) => {
    expect(revive({ code, message: 'New.' }).code).toBe('interrupted')
  })

  it('brings no facts but the known ones', () => {
    const facts = { code: 'network', message: 'Gone.', name: 'Other', toJSON: 'mine' }
    expect(revive(facts)).toMatchObject({ name: 'TransportError', code: 'network' })
    expect(revive(facts).toJSON).toBeTypeOf('function')
  })
})
