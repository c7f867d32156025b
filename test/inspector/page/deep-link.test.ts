import fc from 'fast-check'
import { expect, test } from 'vitest'
import { linkText, parseLink } from '../../../inspector/page/shell/deep-link.ts'
import { attachLines } from '../../../inspector/page/shell/empty.tsx'
import { givenIn } from '../../../inspector/page/source/token.ts'

test('an address says what its link said, whatever apps and actors are called', () => {
  const name = fc.string({ minLength: 1 }).filter((text) => !text.includes('='))
  fc.assert(
    fc.property(name, name, fc.option(fc.nat()), (app, actor, seq) => {
      expect(parseLink(linkText({ app, actor, seq }))).toEqual({ app, actor, seq })
    }),
  )
})

test.each([
  ['', null],
  ['#', null],
  ['#token=abc', null],
  ['#%E0%A4%A', null],
  ['#chat', { app: 'chat', actor: null, seq: null }],
  ['#chat/x%3A2/nonsense', { app: 'chat', actor: 'x:2', seq: null }],
])('the address %s means %j', (hash, link) => {
  expect(parseLink(hash)).toEqual(link)
})

test('the token and that of apps are read from the fragment', () => {
  expect(givenIn('#token=abc&app=def')).toEqual({ token: 'abc', appToken: 'def' })
  expect(givenIn('#chat/x')).toEqual({ token: null, appToken: null })
})

test('the lines to attach carry the real address', () => {
  expect(attachLines('http://127.0.0.1:4747', 'abc')).toContain("'ws://127.0.0.1:4747/app?token=abc'")
})
