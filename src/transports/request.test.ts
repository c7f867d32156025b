import { describe, expect, it } from 'vitest'
import { dialRequest, drain, httpRig, rejection } from '../../test/rigs/http-rig.ts'
import { TransportError } from '../errors.ts'
import { httpStream } from './http-stream.ts'
import { isCredentialed } from './redirect.ts'
import { prepareRequest } from './request.ts'
import type { HttpInput } from './request-input.ts'
import { collect, resliced, supportsStreamingBody } from './request-upload.ts'

const plan = { attempt: 0, signal: new AbortController().signal }
const prepared = (input: Partial<HttpInput>) => prepareRequest({ url: 'http://127.0.0.1/', ...input }, plan)
const code = async (input: unknown): Promise<string> => {
  const error = await rejection(prepareRequest({ url: 'http://127.0.0.1/', ...(input as object) }, plan))
  if (!(error instanceof TransportError)) throw error
  expect(error.message).not.toContain('secret')
  return error.code
}

describe('URLs', () => {
  it.each([
    '',
    '/relative',
    'http://',
    'ftp://a/',
    'ws://a/',
    'javascript:alert(1)',
    'https://user:secret@a/',
    'https://secret@a/',
  ])('like "%s" are refused', async (url) => {
    expect(await code({ url })).toBe('bad_url')
  })

  it('lose their fragment and gain the query', async () => {
    const request = await prepareRequest(
      { url: 'http://a/b?x=1&y=2#secret', query: { y: '3', z: 'é' } },
      { ...plan, query: { offset: '-1', cursor: undefined } },
    )
    expect(request.url.href).toBe('http://a/b?x=1&y=3&z=%C3%A9&offset=-1')
  })
})

describe('headers', () => {
  it.each([
    ['a name with a space', { 'a b': '1' }],
    ['a whole pasted line', { 'x: secret': '1' }],
    ['an empty name', { '': '1' }],
    ['CR and LF in a value', { a: 'secret\r\nX-Evil: 1' }],
    ['LF at the end', { a: 'secret\n' }],
    ['NUL in a value', { a: 'secret\0' }],
    ['a value beyond Latin-1', { a: 'secret €' }],
    ['a value that is no text', { a: 1 }],
    ['a framing header', { 'Content-Length': '5' }],
    ['a hop-by-hop header', { Connection: 'close' }],
    ['Transfer-Encoding', { 'transfer-encoding': 'chunked' }],
    ['Host', [['host', 'secret']]],
    ['no headers at all', 'secret'],
  ])('with %s are refused', async (_name, headers) => {
    expect(await code({ headers })).toBe('bad_header')
  })

  it('may be made for each attempt', async () => {
    const headers: HttpInput['headers'] = async ({ attempt }) => ({ 'X-Attempt': String(attempt) })
    expect(
      (await prepareRequest({ url: 'http://a/', headers }, { ...plan, attempt: 3 })).headers.get('x-attempt'),
    ).toBe('3')
  })

  it('that cannot be made are authorize_failed, unless the function knows better', async () => {
    const failing = (thrown: unknown) => () => Promise.reject(thrown)
    expect(await code({ headers: failing(new Error('secret')) })).toBe('authorize_failed')
    expect(await code({ headers: failing(new TransportError('network', 'No token server.')) })).toBe('network')
  })

  it("of the user win over the transport's", async () => {
    const request = await prepareRequest(
      { url: 'http://a/', headers: { Accept: 'mine' } },
      { ...plan, headers: { accept: 'ours', x: 'y' } },
    )
    expect(Object.fromEntries(request.headers)).toEqual({ accept: 'mine', x: 'y' })
  })
})

describe('credentials', () => {
  it.each<[string, Partial<HttpInput>, boolean]>([
    ['nothing', {}, false],
    ['safelisted headers', { headers: { accept: 'a/b', 'accept-language': 'de' } }, false],
    ['a body and its type', { body: { a: 1 } }, false],
    ['our own idempotency key', { method: 'POST', idempotencyKey: 'k' }, false],
    ['Authorization', { headers: { authorization: 'a' } }, true],
    ['any other header', { headers: { 'x-token': 'a' } }, true],
    ["the browser's own", { credentials: 'include' }, true],
  ])('are recognised in %s', async (_name, input, expected) => {
    expect(isCredentialed(await prepared(input))).toBe(expected)
  })
})

describe('methods', () => {
  it('default to GET, and to POST with a body', async () => {
    expect((await prepared({})).method).toBe('GET')
    expect((await prepared({ body: '' })).method).toBe('POST')
    expect((await prepared({ method: 'patch' })).method).toBe('PATCH')
  })

  it.each([
    { method: 'GE T' },
    { method: 'CONNECT' },
    { method: 'TRACE' },
    { method: 'HEAD' },
    { method: 'GET', body: 'x' },
  ])('like %j are refused', async (input) => {
    expect(await code(input)).toBe('bad_option')
  })

  it('other than GET are repeatable with an idempotency key only', async () => {
    expect((await prepared({})).repeatable).toBe(true)
    for (const method of ['POST', 'PUT', 'PATCH']) expect((await prepared({ method })).repeatable).toBe(false)
    const request = await prepared({ method: 'POST', idempotencyKey: 'k-1' })
    expect([request.repeatable, request.headers.get('idempotency-key')]).toEqual([true, 'k-1'])
  })
})

describe('bodies', () => {
  it('that cannot be sent are refused', async () => {
    const circular: Record<string, unknown> = {}
    circular.self = circular
    expect(await code({ body: circular })).toBe('encode_failed')
    expect(await code({ body: { big: 1n } })).toBe('encode_failed')
    expect(await code({ body: () => Promise.reject(new Error('secret')) })).toBe('encode_failed')
    expect(await code({ body: () => Symbol('x') })).toBe('bad_option')
  })

  it('that are a stream are good for one attempt', async () => {
    const body = new ReadableStream<string>()
    await prepared({ body })
    expect(await code({ body })).toBe('unsupported')
  })

  it('are cut to the size that was asked for', async () => {
    const sizes: number[] = []
    const rig = await httpRig((request, response) => {
      request.on('data', (chunk: Buffer) => sizes.push(chunk.length))
      request.on('end', () => response.end())
    })
    await drain(await httpStream({ url: rig.url, body: 'a'.repeat(10), uploadChunkBytes: 4 }, dialRequest()))
    expect(sizes).toEqual([4, 4, 2])
  })

  it('whose stream fails end the request', async () => {
    const rig = await httpRig((request) => request.resume())
    const body = (): ReadableStream<string> =>
      new ReadableStream({ pull: (controller) => controller.error(new Error('secret')) })
    const error = await rejection(httpStream({ url: rig.url, body }, dialRequest()))
    expect(error).toMatchObject({ code: 'encode_failed', repeatable: false })
  })

  it('stream in this runtime', () => {
    expect(supportsStreamingBody()).toBe(true)
  })

  it('are collected whole where they cannot stream, up to a limit', async () => {
    const bytes = Uint8Array.from({ length: 10 }, (_value, index) => index)
    expect(await collect(resliced(bytes, 3), 10)).toEqual(bytes)
    expect(await rejection(collect(resliced(bytes, 3), 9))).toMatchObject({ code: 'unsupported' })
  })
})

describe('other options', () => {
  it.each([
    { maxMessageBytes: 0 },
    { maxMessageBytes: 1.5 },
    { maxBufferedBody: -1 },
    { uploadChunkBytes: Number.NaN },
    { redirect: 'manual' },
    { protocol: 'h3' },
    { fetch: 'fetch' },
    { until: true },
    { onAnswer: {} },
  ])('like %j are refused', async (input) => {
    expect(await code(input)).toBe('bad_option')
  })
})

describe('a POST', () => {
  it('is never sent twice', async () => {
    const rig = await httpRig((request) => request.socket.destroy())
    const error = await rejection(httpStream({ url: rig.url, body: { a: 1 } }, dialRequest()))
    expect(error).toMatchObject({ code: 'network', repeatable: false })
    expect(rig.asked).toEqual(['POST /'])
  })
})
