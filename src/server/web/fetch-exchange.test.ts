import { describe, expect, test } from 'vitest'
import type { StreamRequest, StreamResponse } from '../exchange.ts'
import { Refusal, refuse } from '../problem.ts'
import { answerFetch } from './fetch-exchange.ts'
import { FetchResponse } from './fetch-response.ts'

const KIB = 1024

/** Nothing else is left to do in this turn. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Answers with whatever `use` does, and shows both sides. */
async function exchange(
  request: Request,
  use: (request: StreamRequest, response: StreamResponse) => unknown,
  address?: string,
): Promise<Response> {
  const handle = async (incoming: StreamRequest, outgoing: StreamResponse): Promise<boolean> => {
    await use(incoming, outgoing)
    return true
  }
  return answerFetch(handle, request, { address })
}

const to = (path: string, init?: RequestInit): Request => new Request(`https://streams.example:8443${path}`, init)

/** A body without an end; `cancelled` says when its reader has had enough. */
function endless(): { stream: ReadableStream<Uint8Array>; pulls: () => number; cancelled: Promise<void> } {
  let pulls = 0
  let cancel = (): void => {}
  const cancelled = new Promise<void>((resolve) => {
    cancel = resolve
  })
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        pulls += 1
        controller.enqueue(new Uint8Array(64 * KIB))
      },
      cancel: () => cancel(),
    },
    { highWaterMark: 0 },
  )
  return { stream, pulls: () => pulls, cancelled }
}

const upload = (body: ReadableStream): Request => to('/', { method: 'POST', body, ...{ duplex: 'half' } })

describe('a request', () => {
  test('shows method, target, headers and peer as node:http would', async () => {
    const request = to('/v1/stream/a?offset=-1&x=%20', { method: 'PUT', headers: { 'X-Twice': 'a', Host: 'other' } })
    request.headers.append('X-Twice', 'b')
    let seen: StreamRequest | undefined
    await exchange(
      request,
      (incoming, outgoing) => {
        seen = incoming
        outgoing.end()
      },
      '2001:db8::1',
    )
    expect(seen).toMatchObject({
      method: 'PUT',
      url: '/v1/stream/a?offset=-1&x=%20',
      httpVersionMajor: 2,
      socket: { remoteAddress: '2001:db8::1', encrypted: true },
    })
    expect(seen?.headers).toMatchObject({ 'x-twice': 'a, b', host: 'other' })
  })

  test('made by hand has the host of its URL, and headers with evil names are only headers', async () => {
    let headers: object = {}
    const names = ['__proto__', 'constructor']
    await exchange(to('/', { headers: names.map((name): [string, string] => [name, 'x']) }), (incoming, outgoing) => {
      headers = incoming.headers
      outgoing.end()
    })
    expect(Object.entries(headers)).toEqual([['host', 'streams.example:8443'], ...names.map((name) => [name, 'x'])])
    expect(Object.getPrototypeOf(headers)).toBe(Object.prototype)
  })

  test('is read when somebody listens, and not while it is paused', async () => {
    const source = endless()
    let incoming: StreamRequest | undefined
    const sizes: number[] = []
    await exchange(upload(source.stream), (request, response) => {
      incoming = request
      response.write('head')
    })
    await settled()
    expect(source.pulls()).toBe(0)
    const third = new Promise<void>((resolve) => {
      incoming?.on('data', (chunk) => {
        sizes.push(chunk.length)
        if (sizes.length < 3) return
        incoming?.pause()
        resolve()
      })
    })
    await third
    await settled()
    expect(sizes).toHaveLength(3)
    // One chunk was asked for before the pause, and waits.
    expect(source.pulls()).toBeLessThanOrEqual(4)
    incoming?.resume()
    await settled()
    expect(sizes.length).toBeGreaterThan(3)
    incoming?.destroy()
    await source.cancelled
  })

  test('without a body ends as soon as it is read', async () => {
    const answer = await exchange(to('/'), (request, response) => {
      request.on('data', () => expect.unreachable())
      request.on('end', () => response.end())
    })
    expect(answer.status).toBe(200)
  })

  test('without an end is cancelled after the answer that refuses it', async () => {
    const source = endless()
    const answer = await exchange(upload(source.stream), (request, response) => {
      let size = 0
      request.on('data', (chunk) => {
        size += chunk.length
        if (size <= 256 * KIB) return
        request.pause()
        if (!response.writableEnded) refuse(response, new Refusal(413, 'too_large', 'Too large.'))
      })
    })
    expect(answer.status).toBe(413)
    expect(await answer.json()).toMatchObject({ code: 'too_large' })
    await source.cancelled
    expect(source.pulls()).toBeLessThan(8)
  })

  test('whose body breaks is gone: both sides close, and nobody waits', async () => {
    const events: string[] = []
    const broken = new ReadableStream({
      pull: (controller) => controller.error(new Error('reset')),
    })
    const answer = await exchange(upload(broken), (request, response) => {
      for (const event of ['error', 'aborted', 'close'] as const)
        request.on(event, () => void events.push(`request ${event}`))
      response.on('close', () => void events.push('response close'))
      request.on('data', () => {})
    })
    expect(answer.status).toBe(503)
    await settled()
    expect(events.sort()).toEqual(['request aborted', 'request close', 'request error', 'response close'])
  })

  test('whose body is not made of bytes is gone as well', async () => {
    const texts = new ReadableStream({ pull: (controller) => controller.enqueue(42) })
    const answer = await exchange(upload(texts), (request) => {
      request.on('data', () => expect.unreachable())
    })
    expect(answer.status).toBe(503)
  })

  test.each([
    ['has read', (request: Request) => request.text()],
    ['is reading', (request: Request) => request.body?.getReader()],
  ])('that somebody else %s is refused, instead of being waited for', async (_how, use) => {
    const request = to('/', { method: 'POST', body: 'text' })
    await use(request)
    const answer = await exchange(request, () => expect.unreachable())
    expect(answer.status).toBe(500)
    expect(await answer.json()).toMatchObject({ code: 'body_used' })
  })
})

test('a body that somebody else takes in the same turn is gone, and ends nothing but its request', async () => {
  const request = to('/', { method: 'POST', body: 'text' })
  const answer = await exchange(request, (incoming) => {
    incoming.on('data', () => expect.unreachable())
    request.body?.getReader()
  })
  expect(answer.status).toBe(503)
})

describe('an answer', () => {
  test('has its status and its headers', async () => {
    const answer = await exchange(to('/'), (_request, response) => {
      response.statusCode = 418
      response.setHeader('X-Gone', 'x')
      response.removeHeader('x-gone')
      response.setHeader('Vary', 'none')
      response.setHeader('vary', 'Origin')
      expect(response.headersSent).toBe(false)
      response.write('tea')
      expect(response.headersSent).toBe(true)
      response.end()
    })
    expect(answer.status).toBe(418)
    expect([...answer.headers]).toEqual([['vary', 'Origin']])
    expect(await answer.text()).toBe('tea')
  })

  test('may have several headers of one name, which replace those of before', async () => {
    const response = new FetchResponse('GET')
    response.setHeader('Set-Cookie', 'old=1')
    response.setHeader('Set-Cookie', ['a=1', 'b=2'])
    response.end()
    const { headers } = await response.answer
    expect(headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  })

  test('is there with its head, before there is anything else', async () => {
    let later: StreamResponse | undefined
    const answer = await exchange(to('/'), (_request, response) => {
      later = response
      response.write(':\n\n')
    })
    const reader = answer.body?.getReader()
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe(':\n\n')
    later?.write('é')
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('é')
    later?.end()
    expect((await reader?.read())?.done).toBe(true)
  })

  test.each([
    ['HEAD', 200],
    ['GET', 204],
    ['GET', 304],
  ])('to %s with status %i has no body, whatever is written', async (method, status) => {
    const closed = { seen: false }
    const answer = await exchange(to('/', { method }), (_request, response) => {
      response.on('close', () => {
        closed.seen = true
      })
      response.statusCode = status
      response.setHeader('Content-Length', '4')
      expect(response.write('text')).toBe(true)
      response.end()
    })
    expect(answer.status).toBe(status)
    expect(answer.body).toBeNull()
    expect(answer.headers.get('content-length')).toBe('4')
    await settled()
    expect(closed.seen).toBe(true)
  })

  test('is written no faster than it is read: false at 64 KiB, drain when there is room, close when all is taken', async () => {
    const events: string[] = []
    let outgoing: StreamResponse | undefined
    const answer = await exchange(to('/'), (_request, response) => {
      outgoing = response
      response.on('drain', () => void events.push('drain'))
      response.on('close', () => void events.push('close'))
      for (let count = 0; count < 3; count++) expect(response.write(new Uint8Array(20 * KIB))).toBe(true)
      expect(response.write(new Uint8Array(20 * KIB))).toBe(false)
    })
    await settled()
    expect(events).toEqual([])
    const reader = answer.body?.getReader()
    await reader?.read()
    expect(events).toEqual(['drain'])
    outgoing?.end()
    expect(outgoing?.writableEnded).toBe(true)
    await settled()
    expect(events).toEqual(['drain'])
    for (let count = 0; count < 3; count++) expect((await reader?.read())?.value?.length).toBe(20 * KIB)
    expect((await reader?.read())?.done).toBe(true)
    await settled()
    expect(events).toEqual(['drain', 'close'])
  })

  test('leaves the buffer it was given as it was, for the next reader', async () => {
    const shared = Buffer.from('shared')
    const write = (): Promise<Response> =>
      exchange(to('/'), (_request, response) => {
        response.write(shared)
        response.end()
      })
    const answers = [await write(), await write()]
    expect(await Promise.all(answers.map((answer) => answer.text()))).toEqual(['shared', 'shared'])
    expect(shared.toString()).toBe('shared')
  })

  test('whose reader goes away closes, and takes what is still written', async () => {
    let outgoing: StreamResponse | undefined
    const answer = await exchange(to('/'), (_request, response) => {
      outgoing = response
      response.write('x')
    })
    const closed = new Promise<void>((resolve) => outgoing?.on('close', resolve))
    await answer.body?.cancel()
    await closed
    expect(outgoing?.write('y')).toBe(true)
    outgoing?.end()
    outgoing?.destroy()
  })

  test('that is cut ends in an error for its reader, not as if it were whole', async () => {
    const answer = await exchange(to('/'), (_request, response) => {
      response.write('half')
      response.destroy()
    })
    await expect(answer.text()).rejects.toThrow('The answer was cut.')
  })

  test('that is cut before its head is a plain 503', async () => {
    const answer = await exchange(to('/'), (_request, response) => response.destroy())
    expect(answer.status).toBe(503)
  })
})

describe('an abort', () => {
  test('closes both sides of an open answer, once', async () => {
    const controller = new AbortController()
    const events: string[] = []
    const answer = await exchange(to('/', { signal: controller.signal }), (request, response) => {
      request.on('close', () => void events.push('request'))
      response.on('close', () => void events.push('response'))
      response.write('x')
    })
    controller.abort()
    controller.abort()
    await settled()
    expect(events).toEqual(['request', 'response'])
    await expect(answer.text()).rejects.toThrow()
  })

  test('while nothing is answered yet leaves nobody waiting', async () => {
    const controller = new AbortController()
    const waiting = exchange(to('/', { signal: controller.signal }), () => {})
    await settled()
    controller.abort()
    expect((await waiting).status).toBe(503)
  })

  test('from before keeps the request from the handler', async () => {
    const answer = await exchange(to('/', { signal: AbortSignal.abort() }), () => expect.unreachable())
    expect(answer.status).toBe(503)
  })
})

describe('the handler', () => {
  test('that does not know the path leaves a 404', async () => {
    const answer = await answerFetch(async () => false, to('/elsewhere'))
    expect(answer.status).toBe(404)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(await answer.json()).toMatchObject({ code: 'no_such_endpoint' })
  })

  test.each([
    ['rejects', () => Promise.reject(new Error('secret'))],
    [
      'throws',
      () => {
        throw new Error('secret')
      },
    ],
  ])('that %s is a 503 without a word of why', async (_how, handle) => {
    const answer = await answerFetch(handle, to('/'))
    expect(answer.status).toBe(503)
    expect(await answer.text()).toBe('')
  })
})
