import fc from 'fast-check'
import { expect, test } from 'vitest'
import { linkText, parseLink } from '../../../inspector/page/shell/deep-link.ts'
import { attachLines } from '../../../inspector/page/shell/empty.tsx'
import { doorOf } from '../../../inspector/page/source/doors.ts'
import { fragmentIn, givenIn, placeIn } from '../../../inspector/page/source/token.ts'

const now = { seq: null, panel: null, filter: '', view: null }
const view = { density: 'detail', x: 412, y: -30, zoom: 85 } as const

test('an address says what its link said, whatever apps, actors and filters are called', () => {
  const name = fc.string({ minLength: 1 })
  const link = fc.record({
    app: name,
    actor: name,
    seq: fc.option(fc.nat()),
    panel: fc.option(name),
    filter: fc.string(),
    view: fc.option(
      fc.record({
        density: fc.constantFrom('overview', 'detail'),
        x: fc.integer({ min: -99_999, max: 99_999 }),
        y: fc.integer({ min: -99_999, max: 99_999 }),
        zoom: fc.integer({ min: 8, max: 250 }),
      }),
    ),
  })
  fc.assert(
    fc.property(link, (said) => {
      expect(parseLink(linkText(said))).toEqual(said)
      const beside = `#token=abc&app=def&at=${linkText(said).slice(1)}`
      expect(parseLink(beside)).toEqual(said)
      expect(givenIn(beside)).toEqual({ token: 'abc', appToken: 'def' })
      expect(`#${placeIn(beside)}`).toBe(linkText(said))
    }),
  )
})

test.each([
  ['', null],
  ['#', null],
  ['#token=abc', null],
  ['#token=abc&at=', null],
  ['#%E0%A4%A', null],
  ['#chat', { app: 'chat', actor: null, ...now }],
  ['#chat/x%3A2/nonsense', { app: 'chat', actor: 'x:2', ...now }],
  ['#chat/x%3A2//messages', { app: 'chat', actor: 'x:2', ...now, panel: 'messages' }],
  ['#chat/x%3A2////detail~412~-30~85', { app: 'chat', actor: 'x:2', ...now, view }],
  // Closer or farther than a hand can bring it.
  ['#chat/x%3A2////detail~412~-30~999', { app: 'chat', actor: 'x:2', ...now, view: { ...view, zoom: 250 } }],
  ['#chat/x%3A2////detail~412~-30~0', { app: 'chat', actor: 'x:2', ...now, view: { ...view, zoom: 8 } }],
  ['#chat/x%3A2////detail~NaN~-30~85', { app: 'chat', actor: 'x:2', ...now }],
  ['#chat/x%3A2////detail~1e99~-30~85', { app: 'chat', actor: 'x:2', ...now }],
  ['#chat/x%3A2////detail~412000000~-30~85', { app: 'chat', actor: 'x:2', ...now }],
  ['#chat/x%3A2////all~412~-30~85', { app: 'chat', actor: 'x:2', ...now }],
  ['#chat/x%3A2////detail~412~-30', { app: 'chat', actor: 'x:2', ...now }],
  ['#token=abc&at=chat%231/x%3A2/7', { app: 'chat#1', actor: 'x:2', ...now, seq: 7 }],
])('the address %s means %j', (hash, link) => {
  expect(parseLink(hash)).toEqual(link)
})

test('what is as it always is makes an address no longer', () => {
  expect(linkText({ app: 'chat#1', actor: 'x:2', ...now })).toBe('#chat%231/x%3A2')
  expect(linkText({ app: 'chat', actor: null, ...now, filter: 'type:send' })).toBe('#chat////type%3Asend')
  expect(linkText({ app: 'chat', actor: null, ...now, view })).toBe('#chat/////detail~412~-30~85')
})

test('the token and that of apps are read from the fragment', () => {
  expect(givenIn('#token=abc&app=def')).toEqual({ token: 'abc', appToken: 'def' })
  expect(givenIn('#chat/x')).toEqual({ token: null, appToken: null })
})

test.each([
  [
    'http://127.0.0.1:4747/#token=f00dfeedf00dfeedf00d-_&app=0123456789abcdef',
    'token=f00dfeedf00dfeedf00d-_&app=0123456789abcdef',
  ],
  [' #token=f00dfeedf00dfeed\n', 'token=f00dfeedf00dfeed'],
  ['f00dfeedf00dfeedf00dfe', 'token=f00dfeedf00dfeedf00dfe'],
  ['http://127.0.0.1:4747/', null],
  ['#token=short', null],
  ['f00dfeed f00dfeed', null],
  ['', null],
])('out of the pasted text %j comes %j', (text, fragment) => {
  expect(fragmentIn(text)).toBe(fragment)
})

test.each([
  ['', 'f00d', 'hub'],
  ['?here', null, 'here'],
  ['?here', 'f00d', 'hub'],
  ['?standard', null, 'standard'],
  // Whoever holds this page in a frame must not be able to look at the hub through it.
  ['?standard', 'f00d', 'standard'],
  ['?window&here', 'f00d', 'window'],
  ['?else', null, 'none'],
])('the address %s with the token %s names the door %s', (search, given, door) => {
  expect(doorOf(search, given)).toBe(door)
})

test('the lines to attach carry the real address', () => {
  expect(attachLines('http://127.0.0.1:4747', 'abc')).toContain("'ws://127.0.0.1:4747/app?token=abc'")
})
