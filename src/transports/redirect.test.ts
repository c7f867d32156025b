import type { ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { dialRequest, drain, httpRig, httpsRig, rejection, requestText, selfSigned } from '../../test/rigs/http-rig.ts'
import { httpStream } from './http-stream.ts'
import type { HttpInput } from './request-input.ts'

function found(response: ServerResponse, location: string, status = 302): void {
  response.writeHead(status, { location }).end()
}

/** A server that sends `/` to `/there` or elsewhere, and answers `/there` with what it was asked. */
function redirecting(status: number, location: (path: string) => string) {
  return httpRig((request, response) => {
    if (request.url === '/') return found(response, location('/there'), status)
    void requestText(request).then((body) =>
      response.end(JSON.stringify([request.method, body, request.headers['content-type'] ?? null])),
    )
  })
}

const landed = async (input: HttpInput): Promise<unknown> => {
  const { data } = await drain(await httpStream(input, dialRequest()))
  return JSON.parse(String(data[0]))
}

describe.each([
  ['node:http', {}],
  ['fetch', { fetch: globalThis.fetch }],
])('redirects over %s', (_name, options: Partial<HttpInput>) => {
  it.each([301, 302, 303])('turn a POST into a GET after %i', async (status) => {
    const { url } = await redirecting(status, (path) => path)
    expect(await landed({ url, body: 'x', ...options })).toEqual(['GET', '', null])
  })

  it.each([307, 308])('keep a POST and its body after %i', async (status) => {
    const { url } = await redirecting(status, (path) => path)
    expect(await landed({ url, body: 'x', ...options })).toEqual(['POST', 'x', 'text/plain;charset=UTF-8'])
  })

  it('go to another origin when nothing secret rides along', async () => {
    const other = await redirecting(302, (path) => path)
    const { url } = await redirecting(302, (path) => other.url + path)
    expect(await landed({ url, headers: { accept: 'a/b' }, ...options })).toEqual(['GET', '', null])
  })

  it.each([
    ['Authorization', { headers: { authorization: 'Bearer secret' } }],
    ['a cookie', { headers: { cookie: 'a=secret' } }],
    ['a header of its own', { headers: { 'x-api-key': 'secret' } }],
  ])('do not carry %s to another origin', async (_secret, secret) => {
    const other = await httpRig((_request, response) => response.end())
    const { url } = await redirecting(302, (path) => other.url + path)
    const error = await rejection(httpStream({ url, ...secret, ...options }, dialRequest()))
    expect(error).toMatchObject({ code: 'redirect_refused' })
    expect(String(error)).not.toContain('secret')
    expect(other.asked).toEqual([])
  })

  it('carry credentials within the origin', async () => {
    const { url } = await redirecting(302, (path) => path)
    expect(await landed({ url, headers: { authorization: 'a' }, ...options })).toEqual(['GET', '', null])
  })

  it('are refused altogether when that was asked for', async () => {
    const { url, asked } = await redirecting(302, (path) => path)
    const error = await rejection(httpStream({ url, redirect: 'error', ...options }, dialRequest()))
    expect(error).toMatchObject({ code: 'redirect_refused' })
    expect(asked).toEqual(['GET /'])
  })

  it('are refused for a body that is a stream', async () => {
    const { url } = await redirecting(307, (path) => path)
    const body = (): ReadableStream<string> => new ReadableStream({ start: (controller) => controller.close() })
    const error = await rejection(httpStream({ url, body, headers: { authorization: 'a' }, ...options }, dialRequest()))
    expect(error).toMatchObject({ code: 'redirect_refused', repeatable: false })
  })

  it('end after five', async () => {
    const { url, asked } = await httpRig((_request, response) => found(response, '/again'))
    const error = await rejection(httpStream({ url, headers: { authorization: 'a' }, ...options }, dialRequest()))
    expect(error).toMatchObject({ code: 'too_many_redirects' })
    expect(asked).toHaveLength(6)
  })
})

describe('redirects over node:http', () => {
  it.each(['', 'http://[', 'ftp://127.0.0.1/', 'http://user:secret@127.0.0.1/'])(
    'are refused when they lead to "%s"',
    async (location) => {
      const { url } = await httpRig((_request, response) => found(response, location))
      // The empty one is a relative reference to the page itself.
      const error = await rejection(httpStream({ url }, dialRequest()))
      expect(error).toMatchObject({ code: location === '' ? 'too_many_redirects' : 'redirect_refused' })
      expect(String(error)).not.toContain('secret')
    },
  )

  it('are refused from https to http', async () => {
    const plain = await httpRig((_request, response) => response.end())
    const { url } = await httpsRig((_request, response) => found(response, plain.url))
    const error = await rejection(httpStream({ url, tls: { ca: (await selfSigned()).cert } }, dialRequest()))
    expect(error).toMatchObject({ code: 'redirect_refused' })
    expect(plain.asked).toEqual([])
  })
})

it.each(['http://api.example.evil.test/', 'http://elsewhere.test/'])(
  'an answer from %s is refused with credentials attached, also when nobody marked it as redirected',
  async (url) => {
    // What a service worker may answer with: a response of another address, without the mark.
    const fetch = async (): Promise<Response> => Object.defineProperty(new Response('x'), 'url', { value: url })
    const input = { url: 'http://api.example/', credentials: 'include', fetch } as const
    expect(await rejection(httpStream(input, dialRequest()))).toMatchObject({ code: 'redirect_refused' })
    expect((await drain(await httpStream({ ...input, credentials: 'omit' }, dialRequest()))).data).toEqual(['x'])
  },
)
