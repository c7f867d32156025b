import type { ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { createStreamServer } from '../../src/server/index.ts'
import { command } from './command.ts'
import { bodyOf, httpServer, open, writeThenCut } from './servers.ts'

describe('an event stream', () => {
  test('is resumed after a cut, and says where', async () => {
    await using server = await httpServer((request, response) => {
      open(response, 'text/event-stream')
      const next = Number(request.headers['last-event-id'] ?? 0) + 1
      writeThenCut(response, `id: ${next}\nevent: tick\ndata: number ${next}\n\n`)
    })
    const tail = command(['tail', `${server.url}/ticks`, '--count', '3'])
    expect(await tail.exit).toBe(0)
    expect(tail.stdout.lines).toEqual(['number 1', 'number 2', 'number 3'])
    expect(server.requests.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, '1', '2'])
    expect(tail.stderr.text).toMatch(/reconnecting · try 2 in 0.0 s · (?:interrupted|network): /)
    expect(tail.stderr.text).toContain('connected · sse · going on after 2')
    expect(tail.stderr.text).toContain('3 received · 2 reconnected · last position 3')
    expect(tail.stderr.text).toContain(`go on with: statewire tail ${server.url}/ticks --count 3 --from 3`)
  })

  test('goes on from the position that was given, and shows names and positions as JSON', async () => {
    await using server = await httpServer((request, response) => {
      open(response, 'text/event-stream')
      response.write(`id: ${request.headers['last-event-id']}+1\nevent: tick\ndata: x\n\n`)
    })
    const tail = command(['tail', server.url, '--from', '41', '--json', '-n', '1'])
    expect(await tail.exit).toBe(0)
    expect(JSON.parse(tail.stdout.text)).toEqual({
      time: expect.any(String),
      event: 'tick',
      data: 'x',
      position: '41+1',
    })
  })

  test('sends a position beyond Latin-1 as UTF-8, at the first request and after a cut', async () => {
    await using server = await httpServer((_request, response) => {
      open(response, 'text/event-stream')
      writeThenCut(response, 'data: x\n\n')
    })
    const tail = command(['tail', server.url, '--from', 'zéro 日', '-n', '2'])
    expect(await tail.exit).toBe(0)
    const sent = server.requests.map(({ headers }) =>
      Buffer.from(String(headers['last-event-id']), 'latin1').toString(),
    )
    expect(sent).toEqual(['zéro 日', 'zéro 日'])
  })

  test('ends at 204', async () => {
    await using server = await httpServer((_request, response) => response.writeHead(204).end())
    const tail = command(['tail', server.url])
    expect(await tail.exit).toBe(0)
    expect(tail.stderr.text).toContain('closed · ended by the server')
    expect(server.requests).toHaveLength(1)
  })

  test('ends at its terminal marker, which is shown', async () => {
    await using server = await httpServer((_request, response) => {
      open(response, 'text/event-stream')
      response.write('data: a\n\ndata: [DONE]\n\ndata: never\n\n')
    })
    const tail = command(['tail', server.url, '--until', '[DONE]'])
    expect(await tail.exit).toBe(0)
    expect(tail.stdout.lines).toEqual(['a', '[DONE]'])
  })
})

describe('one request decides', () => {
  test.each([
    ['application/x-ndjson', '{"a":1}\n\n{"a":2}\n', '{"a":1}\n{"a":2}\n'],
    ['application/json', '{"a":1}', '{"a":1}\n'],
    ['application/json-seq', '\x1e{"a":1}\n\x1e[2]\n', '{"a":1}\n[2]\n'],
    ['text/plain', 'one\n\nthree', 'one\n\nthree\n'],
    ['application/octet-stream', 'no\nline\nfeed', 'no\nline\nfeed'],
  ])('%s', async (type, body, shown) => {
    await using server = await httpServer((_request, response) => {
      open(response, type)
      response.end(body)
    })
    const tail = command(['tail', server.url])
    expect(await tail.exit).toBe(0)
    expect(tail.stdout.text).toBe(shown)
    expect(server.requests).toHaveLength(1)
  })

  test('--via overrules it', async () => {
    await using server = await httpServer((_request, response) => {
      open(response, 'application/x-ndjson')
      response.end('data: not an event\n\n{')
    })
    const tail = command(['tail', server.url, '--via', 'text'])
    expect(await tail.exit).toBe(0)
    expect(tail.stdout.text).toBe('data: not an event\n\n{')
  })

  test('what was guessed holds after a cut: a notice in the place of the events is not shown as data', async () => {
    await using server = await httpServer((_request, response) => {
      if (server.requests.length === 1) {
        open(response, 'text/event-stream')
        writeThenCut(response, 'data: event\n\n')
      } else {
        open(response, 'text/plain')
        response.end('Please log in')
      }
    })
    const tail = command(['tail', server.url])
    expect(await tail.exit).toBe(3)
    expect(tail.stdout.text).toBe('event\n')
    expect(tail.stderr.text).toContain('unexpected_content_type: Expected text/event-stream, but text/plain came.')
  })

  test('a stream without positions says after a cut what that means', async () => {
    await using server = await httpServer((_request, response) => {
      open(response, 'application/x-ndjson')
      if (server.requests.length === 1) writeThenCut(response, '1\n')
      else response.end('1\n2\n')
    })
    const tail = command(['tail', server.url])
    expect(await tail.exit).toBe(0)
    expect(tail.stdout.text).toBe('1\n1\n2\n')
    expect(tail.stderr.text).toContain('this stream has no positions: messages may be missing or come twice')
  })

  test('--from on a stream without positions is said to be of no use', async () => {
    await using server = await httpServer((_request, response) => {
      open(response, 'text/plain')
      response.end('a\n')
    })
    const tail = command(['tail', server.url, '--from', '3'])
    expect(await tail.exit).toBe(0)
    expect(tail.stderr.text).toContain('warning · this kind of stream has no positions')
  })
})

describe('a POST', () => {
  test('is sent once, with a type that fits, and its end is the end', async () => {
    const bodies: string[] = []
    await using server = await httpServer(async (request, response) => {
      bodies.push(await bodyOf(request))
      open(response, 'text/event-stream')
      response.end('data: hello\n\n')
    })
    const tail = command(['tail', server.url, '--data', '-'], { stdin: '{"prompt":"hi"}' })
    expect(await tail.exit).toBe(0)
    expect(tail.stdout.text).toBe('hello\n')
    expect(bodies).toEqual(['{"prompt":"hi"}'])
    expect(server.requests[0]?.method).toBe('POST')
    expect(server.requests[0]?.headers['content-type']).toBe('application/json')
  })

  test.each([
    [
      'a cut',
      (response: ServerResponse) => {
        open(response, 'text/event-stream')
        writeThenCut(response, 'data: half\n\n')
      },
      4,
    ],
    ['a refusal that passes', (response: ServerResponse) => response.writeHead(503).end(), 3],
  ])('is not repeated after %s', async (_name, answer, code) => {
    await using server = await httpServer((_request, response) => void answer(response))
    const tail = command(['tail', server.url, '-d', 'x', '-H', 'Content-Type: text/x-own'])
    expect(await tail.exit).toBe(code)
    expect(server.requests).toHaveLength(1)
    expect(server.requests[0]?.headers['content-type']).toBe('text/x-own')
    expect(tail.stderr.text).not.toContain('go on with')
  })
})

describe('a WebSocket', () => {
  test('is greeted on each connection, keeps text and bytes apart, and comes back after a cut', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => 'feed.v2' })
    const heard: string[] = []
    server.on('connection', (socket) => {
      socket.on('message', (data) => {
        heard.push(data.toString())
        socket.send(`text ${heard.length}`)
        socket.send(Buffer.of(heard.length), () => heard.length === 1 && socket.terminate())
      })
    })
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo
    const tail = command([
      'tail',
      `ws://127.0.0.1:${port}`,
      '-d',
      'subscribe',
      '--protocol',
      'feed.v2',
      '--json',
      '-n',
      '4',
    ])
    expect(await tail.exit).toBe(0)
    expect(tail.stdout.lines.map((line) => JSON.parse(line).data)).toEqual(['text 1', 'AQ==', 'text 2', 'Ag=='])
    expect(heard).toEqual(['subscribe', 'subscribe'])
    expect(tail.stderr.text).toContain('connected · websocket:feed.v2')
    await new Promise((resolve) => server.close(resolve))
  })

  test('ends when the server closes it', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    server.on('connection', (socket) => {
      socket.send('bye')
      socket.close(1000)
    })
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo
    const tail = command(['tail', `http://127.0.0.1:${port}`, '--via', 'websocket'])
    expect(await tail.exit).toBe(0)
    expect(tail.stdout.text).toBe('bye\n')
    await new Promise((resolve) => server.close(resolve))
  })
})

describe('a server of streams', () => {
  test('is known by its headers; every record has a position to go on from', async () => {
    const server = createStreamServer({ allowAnonymous: true })
    const { url } = await server.listen({ port: 0, host: '127.0.0.1' })
    const room = server.stream('rooms/1')
    for (let number = 1; number <= 5; number++) await room.append({ number })
    const address = `${url}/v1/stream/rooms/1`
    const first = command(['tail', address, '--json', '-n', '2'])
    expect(await first.exit).toBe(0)
    const records = first.stdout.lines.map((line) => JSON.parse(line))
    expect(records.map(({ data }) => data)).toEqual([{ number: 1 }, { number: 2 }])
    expect(first.stderr.text).toContain('connected · durable:ndjson')
    const second = command(['tail', address, '--from', records[1].position, '-n', '3'])
    expect(await second.exit).toBe(0)
    expect(second.stdout.text).toBe('{"number":3}\n{"number":4}\n{"number":5}\n')
    await server.close({ graceMs: 1 })
  })

  test('from now on, over a stream of text', async () => {
    const server = createStreamServer({ allowAnonymous: true })
    const { url } = await server.listen({ port: 0, host: '127.0.0.1' })
    const log = server.stream('log', { contentType: 'text/plain' })
    await log.append('old')
    const tail = command(['tail', `${url}/v1/stream/log`, '--from', 'now', '-n', '1'])
    await tail.stderr.saw('connected · ')
    await log.append('new')
    expect(await tail.exit).toBe(0)
    expect(tail.stdout.text).toBe('new\n')
    await server.close({ graceMs: 1 })
  })

  test('of the base protocol is read by long-polling, the one form that names its offsets in headers', async () => {
    await using server = await httpServer((request, response) => {
      const { searchParams } = new URL(request.url ?? '', 'http://h')
      const begun = searchParams.get('offset') === 'B'
      // The second poll is held back, as a server without news does.
      if (begun && searchParams.get('live') === 'long-poll') return
      response.writeHead(200, {
        'content-type': 'application/json',
        'Stream-Next-Offset': 'B',
        'Stream-Up-To-Date': 'true',
      })
      response.end(request.method === 'HEAD' ? undefined : '[{"a":1},"two"]')
    })
    const tail = command(['tail', server.url, '--count', '2'])
    expect(await tail.exit).toBe(0)
    expect(tail.stdout.text).toBe('{"a":1}\ntwo\n')
    expect(tail.stderr.text).toContain('connected · durable:long-poll')
  })
})
