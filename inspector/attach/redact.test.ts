/**
 * What may be seen of values: readable, bounded, and never a secret.
 *
 * @module
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { TransportError } from '../../src/errors.ts'
import { bounds } from '../protocol/bounds.ts'
import { createRedaction } from './redact.ts'
import { withoutSecrets } from './redact-text.ts'

const redaction = createRedaction()

function shown(value: unknown): unknown {
  return JSON.parse(redaction.text(value))
}

const secretNames = [
  'authorization',
  'Authorization',
  'proxy-authorization',
  'cookie',
  'Set-Cookie',
  'set_cookie',
  'token',
  'accessToken',
  'refresh_token',
  'TOKEN',
  'secret',
  'client-secret',
  'password',
  'passwd',
  'apikey',
  'apiKey',
  'API_KEY',
  'x-api-key',
  'credentials',
]

it.each(secretNames)('takes the value of a field called %s away, in whatever it stands', (name) => {
  const plain = { deep: [{ [name]: 'hunter2' }] }
  for (const value of [plain, JSON.stringify(plain), new Map([['inner', plain]]), { nested: JSON.stringify(plain) }]) {
    expect(redaction.text(value)).not.toContain('hunter2')
    expect(redaction.text(value)).toContain('•••• ≤8')
  }
  expect(redaction.text(JSON.stringify(plain).slice(0, -3))).not.toContain('hunter2')
  expect(withoutSecrets(`${name}: hunter2`)).not.toContain('hunter2')
  expect(withoutSecrets(`${name}=hunter2&x=1`)).not.toContain('hunter2')
})

it('leaves what counts tokens, and the rest of a sentence', () => {
  expect(shown({ usage: { total_tokens: 128, maxTokens: 5 }, tokenizer: 3 })).toEqual({
    usage: { total_tokens: 128, maxTokens: 5 },
    tokenizer: 3,
  })
  expect(withoutSecrets('tokens: 128, the basic idea')).toBe('tokens: 128, the basic idea')
})

it.each([
  ['Bearer abc.def-ghi', 'Bearer •••• ≤32'],
  ['authorization: Basic dXNlcjpwYXNz and more', 'authorization: •••• ≤32'],
  ['Basic dXNlcjpwYXNz', 'Basic •••• ≤32'],
  ['x eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl y', 'x •••• ≤128 y'],
  ['wss://me:pass@host:1/path?a=1&b=2#frag', 'wss://••••@host:1/path?a=••••&b=••••#••••'],
  ['GET /feed?after=12 HTTP/1.1', 'GET /feed?after=•••• HTTP/1.1'],
  ['http://host/?bare', 'http://host/?••••'],
  ['cookie: a=b; c=d\nhost: x', 'cookie: •••• ≤8\nhost: x'],
  ['really? yes', 'really? yes'],
  ['token=abc&password=xyz secret: other', 'token=•••• ≤8&password=•••• ≤8 secret: •••• ≤8'],
  ['{"password":"pa\\"ss word","x":1', '{"password":"•••• ≤32","x":1'],
  ['{\\"token\\":\\"abc\\",\\"x\\":1', '{\\"token\\":\\"•••• ≤32\\"'],
])('shows %s without what is secret in it', (text, expected) => {
  expect(withoutSecrets(text)).toBe(expected)
})

it('shows how long a secret is to within a bucket', () => {
  const bucketOf = (length: number) => shown({ token: 'x'.repeat(length) })
  expect([0, 1, 8, 9, 32, 33, 128, 129].map(bucketOf)).toEqual(
    ['≤0', '≤8', '≤8', '≤32', '≤32', '≤128', '≤128', '>128'].map((bucket) => ({ token: `•••• ${bucket}` })),
  )
})

it('takes away what an app calls secret, by path and by function', () => {
  const value = { user: { email: 'a@b.c', name: 'Ada' }, rooms: [{ topic: 'x' }, { topic: 'y' }], email: 'z' }
  const byPath = createRedaction(['user.email', 'rooms.*.topic'])
  expect(JSON.parse(byPath.text(value))).toEqual({
    user: { email: '•••• ≤8', name: 'Ada' },
    rooms: [{ topic: '•••• ≤8' }, { topic: '•••• ≤8' }],
    email: 'z',
  })
  expect(byPath.text(JSON.stringify(value))).not.toContain('a@b.c')
  expect(byPath.text(`${JSON.stringify(value)}{`)).not.toContain('a@b.c')
  const byFunction = createRedaction((path, item) => path.at(-1) === 'name' && item === 'Ada')
  expect(byFunction.text(value)).not.toContain('Ada')
  const broken = createRedaction(() => {
    throw new Error('no')
  })
  expect(broken.text(value)).toBe('"••••"')
})

class Account {
  readonly balance = 'a lot'
}

it.each([
  [12n, '12n'],
  [undefined, 'undefined'],
  [Number.NaN, 'NaN'],
  [-0, '0'],
  [Symbol('here'), 'Symbol(here)'],
  [function named() {}, 'ƒ named'],
  [new Account(), 'Account {…}'],
  [new Date(0), '1970-01-01T00:00:00.000Z'],
  [new Date(Number.NaN), 'Invalid Date'],
  [/a+/g, '/a+/g'],
  [new Uint8Array([1, 2, 255]), 'Uint8Array(3) 0102ff'],
  [new Uint8Array(1_000), `Uint8Array(1000) ${'00'.repeat(16)}…`],
  [new ArrayBuffer(2), 'ArrayBuffer(2) 0000'],
  [new Map([['a', 1]]), { 'Map(1)': { a: 1 } }],
  [new Set([1, 'b']), { 'Set(2)': [1, 'b'] }],
  [new Map([['cookie', 'sweet']]), { 'Map(1)': { cookie: '•••• ≤8' } }],
  [Promise.resolve(), 'Promise {…}'],
  [new URL('http://a:b@c.d/?e=f'), 'http://••••@c.d/?e=••••'],
  [{ a: { b: { c: { d: { e: { f: { g: 1 } } } } } } }, { a: { b: { c: { d: { e: { f: '{…}' } } } } } }],
  [Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
])('shows %o readably', (value, expected) => {
  expect(shown(value)).toEqual(expected)
})

it('shows errors with their reason, ours with their facts', () => {
  const error = new Error('failed at http://a:b@c.d', { cause: new TypeError('token=abc') })
  expect(shown(error)).toEqual({
    name: 'Error',
    message: 'failed at http://••••@c.d',
    cause: { name: 'TypeError', message: 'token=•••• ≤8' },
  })
  expect(shown(new TransportError('network', 'gone'))).toMatchObject({ code: 'network', message: 'gone' })
})

it('survives values that resist: cycles, throwing getters, proxies, endless toJSON', () => {
  const cycle: Record<string, unknown> = { name: 'x' }
  cycle.self = cycle
  const trap = new Proxy(
    {},
    {
      get: () => {
        throw new Error('trap')
      },
      getPrototypeOf: () => {
        throw new Error('trap')
      },
      ownKeys: () => {
        throw new Error('trap')
      },
    },
  )
  const endless = (): object => ({ toJSON: endless })
  const resisting = {
    cycle,
    trap,
    endless: endless(),
    get broken(): never {
      throw new Error('no')
    },
    __proto__: null,
  }
  expect(shown(resisting)).toMatchObject({
    cycle: { name: 'x', self: '[circular]' },
    trap: '[unreadable]',
    broken: '[unreadable]',
  })
  expect(shown(JSON.parse('{"__proto__":{"polluted":1}}'))).toEqual(JSON.parse('{"__proto__":{"polluted":1}}'))
  expect(Object.hasOwn({}, 'polluted')).toBe(false)
})

it('is bounded in keys, items and characters', () => {
  const keys = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`k${index}`, 1]))
  const shownKeys = shown(keys) as object
  expect([Object.keys(shownKeys).length, Reflect.get(shownKeys, '…')]).toEqual([101, '50 more'])
  const items = shown(Array.from({ length: 250 }, () => 1)) as unknown[]
  expect([items.length, items.at(-1)]).toEqual([201, '… 50 more'])
  const wide = (depth: number): unknown => (depth === 0 ? 'leaf' : Array.from({ length: 60 }, () => wide(depth - 1)))
  for (const huge of ['x'.repeat(1_000_000), '"'.repeat(40_000), wide(3), { a: { b: wide(3) } }]) {
    expect(redaction.text(huge).length).toBeLessThanOrEqual(bounds.textLength)
  }
})

it('is quick with a text that is made to be slow', () => {
  const before = performance.now()
  for (const unit of ['token', 'a', '://', 'eyJ', '?a=', 'bearer ', '\\"', 'cookie:[', '{']) {
    redaction.text(unit.repeat(60_000))
  }
  expect(performance.now() - before).toBeLessThan(5_000)
})

/** A secret as they are: letters and digits that occur nowhere else. */
const secret = fc.stringMatching(/^[a-zA-Z0-9]{12,60}$/).map((rest) => `zq${rest}`)
const seed = Date.now() % 2 ** 31

const wrapping: readonly ((planted: string) => unknown)[] = [
  (planted) => ({ password: planted }),
  (planted) => ({ headers: { 'X-Api-Key': planted } }),
  (planted) => ({ secret: { value: planted, more: [planted] } }),
  (planted) => new Map([['token', planted]]),
  (planted) => `Bearer ${planted}`,
  (planted) => `https://${planted}:x@host/`,
  (planted) => `https://x:${planted}@host/`,
  (planted) => `wss://host/path?session=${planted}&other=${planted}`,
  (planted) => `see /path?key=${planted} for more`,
  (planted) => `eyJ${planted}.${planted}.${planted}`,
  (planted) => new Error(`authorization: ${planted}`),
  (planted) => new URL(`https://host/?q=${planted}#${planted}`),
  (planted) => `{"token":"${planted}","rest":[1,2`,
  (planted) => ({ [`Bearer ${planted}`]: 1 }),
  (planted) => JSON.stringify(JSON.stringify({ cookie: `a=${planted}` })),
  (planted) => `prefix ${JSON.stringify(JSON.stringify({ apiKey: planted }))}`,
]

it('never shows a planted secret, wherever it stands', () => {
  const around = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constant('HERE'),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.string(), tie('value'), { maxKeys: 4 }),
      fc.jsonValue(),
    ),
  })).value
  const plant = (value: unknown, planted: unknown): unknown => {
    if (value === 'HERE') return planted
    if (Array.isArray(value)) return value.map((item) => plant(item, planted))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plant(item, planted)]))
  }
  fc.assert(
    fc.property(around, secret, fc.nat(wrapping.length - 1), fc.boolean(), (value, planted, index, asText) => {
      const whole = [plant(value, wrapping[index]?.(planted)), wrapping[index]?.(planted)]
      const text = redaction.text(asText ? JSON.stringify(whole) : whole)
      expect(text).not.toContain(planted)
    }),
    { seed, numRuns: 1_500, verbose: 1 },
  )
  console.log(`seed ${seed}`)
})

it('never shows a secret that a cut has left the half of', () => {
  fc.assert(
    fc.property(secret, fc.integer({ min: 0, max: 120 }), (planted, before) => {
      const filler = 'x '.repeat(bounds.textLength / 2 - before)
      const text = redaction.text(`${filler}https://user:${planted}@host/?a=${planted} Bearer ${planted}`)
      expect(text).not.toContain(planted.slice(0, 8))
    }),
    { seed, numRuns: 300 },
  )
})
