import { describe, expect, test } from 'vitest'
import type { TransportError } from '../errors.ts'
import { checkedOptions, type WebSocketInput } from './websocket-input.ts'

const check = (input: Partial<Record<keyof WebSocketInput, unknown>>) =>
  checkedOptions({ url: 'ws://127.0.0.1/', ...input } as WebSocketInput, { attempt: 0 })

describe('a WebSocket input', () => {
  test.each([
    ['ws://host/a?b=c', 'ws://host/a?b=c'],
    ['http://host/', 'ws://host/'],
    ['https://host:8443/x', 'wss://host:8443/x'],
    ['WSS://HOST', 'wss://host/'],
  ])('takes %s as %s', async (url, expected) => {
    expect((await check({ url })).url.href).toBe(expected)
    const given = new URL(url)
    expect((await check({ url: given })).url.href).toBe(expected)
    expect(given.href).toBe(new URL(url).href)
  })

  test('adds the query to the URL’s own', async () => {
    expect((await check({ url: 'ws://h/?a=1&b=2', query: { b: '3', c: 'x y' } })).url.search).toBe('?a=1&b=3&c=x+y')
  })

  test('has its defaults', async () => {
    const { maxMessageBytes, maxBufferedBytes, overflow, protocols } = await check({})
    expect({ maxMessageBytes, maxBufferedBytes, overflow, protocols }).toEqual({
      maxMessageBytes: 1_048_576,
      maxBufferedBytes: 4_194_304,
      overflow: 'block',
      protocols: [],
    })
    expect(await check({ protocols: 'a', maxMessageBytes: Number.POSITIVE_INFINITY })).toMatchObject({
      protocols: ['a'],
      maxMessageBytes: Number.POSITIVE_INFINITY,
    })
  })

  test.each<[string, Partial<Record<keyof WebSocketInput, unknown>>, string]>([
    ['an unparsable URL', { url: 'ws://[' }, 'bad_url'],
    ['a relative URL without a page', { url: '/feed' }, 'bad_url'],
    ['another scheme', { url: 'ftp://host/' }, 'bad_url'],
    ['a fragment', { url: 'ws://host/#secret' }, 'bad_url'],
    ['credentials in the URL', { url: 'ws://me:secret@host/' }, 'bad_url'],
    ['a sub-protocol with a space', { protocols: ['a b'] }, 'bad_option'],
    ['an empty sub-protocol', { protocols: [''] }, 'bad_option'],
    ['a sub-protocol twice', { protocols: ['a', 'a'] }, 'bad_option'],
    ['a header name that is none', { headers: { 'a b': 'secret' } }, 'bad_header'],
    ['a header value with a line end', { headers: { a: 'secret\r\nb: c' } }, 'bad_header'],
    ['a header of the handshake', { headers: { 'Sec-WebSocket-Protocol': 'secret' } }, 'bad_header'],
    ['a header of the connection', { headers: { Upgrade: 'h2c' } }, 'bad_header'],
    ['no bytes at all', { maxMessageBytes: 0 }, 'bad_option'],
    ['half a byte', { maxBufferedBytes: 0.5 }, 'bad_option'],
    ['a policy that is none', { overflow: 'hope' }, 'bad_option'],
    ['a ping of another kind', { ping: 5 }, 'bad_option'],
    ['a pong that recognises nothing', { pong: 'pong' }, 'bad_option'],
  ])('refuses %s, and keeps secrets out of the sentence', async (_name, input, code) => {
    const failure: TransportError = await check(input).then(
      () => {
        throw new Error('It was expected to fail.')
      },
      (error) => error,
    )
    expect(failure).toMatchObject({ name: 'TransportError', code })
    expect(failure.message).toMatch(/^[A-Z].*\.$/)
    expect(failure.message).not.toContain('secret')
  })

  test('asks a function of the attempt for its headers', async () => {
    const { headers } = await check({
      headers: async ({ attempt }: { attempt: number }) => ({ 'x-attempt': String(attempt) }),
    })
    expect(headers.get('x-attempt')).toBe('0')
    const throwing = () => {
      throw new Error('secret')
    }
    await expect(check({ headers: throwing })).rejects.toMatchObject({ code: 'authorize_failed' })
  })
})
