import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { createStreamServer } from '../../src/server/index.ts'
import { command } from './command.ts'
import { httpServer, open, secureServer, writeThenCut } from './servers.ts'

/** An address where nobody listens any more. */
async function deadUrl(): Promise<string> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return `http://127.0.0.1:${port}/`
}

test('2: wrong usage, in one sentence and a hint', async () => {
  const tail = command(['tail', 'nonsense'])
  expect(await tail.exit).toBe(2)
  expect(tail.stdout.text).toBe('')
  expect(tail.stderr.text).toBe(
    'statewire: The URL must begin with http://, https://, ws:// or wss://.\nType statewire --help for what there is.\n',
  )
})

test('2: a header that cannot be sent is found before anything is', async () => {
  await using server = await httpServer((_request, response) => response.end())
  const tail = command(['tail', server.url, '-H', 'X-Bad: hunter2\u0000'])
  expect(await tail.exit).toBe(2)
  expect(tail.stderr.text).toContain('bad_header')
  expect(tail.stderr.text).not.toContain('hunter2')
  expect(server.requests).toHaveLength(0)
})

test('3: refused', async () => {
  await using server = await httpServer((_request, response) => response.writeHead(404).end('no'))
  const tail = command(['tail', server.url])
  expect(await tail.exit).toBe(3)
  expect(tail.stderr.text).toContain('error · http_status: The server answered with status 404.')
  expect(server.requests).toHaveLength(1)
})

test('3: a page for people', async () => {
  await using server = await httpServer((_request, response) => {
    open(response, 'text/html')
    response.end('<p>')
  })
  expect(await command(['tail', server.url]).exit).toBe(3)
})

test('3: a status that no server may send', async () => {
  await using server = await httpServer((_request, response) => response.writeHead(700).end())
  const tail = command(['tail', server.url])
  expect(await tail.exit).toBe(3)
  expect(tail.stderr.text).toContain('impossible status 700')
})

test('3: an offset where there are none', async () => {
  await using server = await httpServer((_request, response) => {
    open(response, 'text/event-stream')
  })
  const tail = command(['tail', server.url, '--from', 'now'])
  expect(await tail.exit).toBe(3)
  expect(tail.stderr.text).toContain('not_a_stream_server')
})

test('4: nobody listens, and no attempt is left', async () => {
  const tail = command(['tail', await deadUrl(), '--max-attempts', '2'])
  expect(await tail.exit).toBe(4)
  expect(tail.stderr.lines.filter((line) => line.includes('reconnecting'))).toHaveLength(2)
})

test('4: a server that accepts and never answers', async () => {
  await using server = await httpServer(() => undefined)
  const tail = command(['tail', server.url, '--timeout', '0.05', '--max-attempts', '1'])
  expect(await tail.exit).toBe(4)
  expect(tail.stderr.text).toContain('connect_timeout: The server did not answer within 50 ms.')
})

test('4: a stream that is cut again and again', async () => {
  await using server = await httpServer((_request, response) => {
    open(response, 'text/event-stream')
    writeThenCut(response, 'data: x\n\n')
  })
  const tail = command(['tail', server.url, '--max-attempts', '1', '--quiet'])
  expect(await tail.exit).toBe(4)
  expect(tail.stdout.text).toBe('x\nx\n')
  expect(tail.stderr.lines).toHaveLength(1)
})

test('5: history is gone; the way on is the beginning of what is left', async () => {
  const server = createStreamServer({ allowAnonymous: true })
  const { url } = await server.listen({ port: 0, host: '127.0.0.1' })
  await server.stream('log').append(1)
  const address = `${url}/v1/stream/log`
  const tail = command(['tail', address, '--from', '0000000000000001_0001_0000000000000007'])
  expect(await tail.exit).toBe(5)
  expect(tail.stderr.text).toContain('error · gap: ')
  expect(tail.stderr.text).toContain(`go on with: statewire tail ${address} --from=-1`)
  await server.close({ graceMs: 1 })
})

test.each([
  ['text/event-stream', Buffer.from([...Buffer.from('data: good\n\ndata: '), 0xff, 10, 10]), 'invalid_utf8'],
  ['application/x-ndjson', Buffer.from(`good\n${'x'.repeat(1_100_000)}`), 'limit_exceeded'],
  ['application/json-seq', Buffer.from('good'), 'bad_frame'],
])('6: %s that breaks its own rules', async (type, body, code) => {
  await using server = await httpServer((_request, response) => {
    open(response, type)
    response.end(body)
  })
  const tail = command(['tail', server.url])
  expect(await tail.exit).toBe(6)
  expect(tail.stderr.text).toContain(`error · ${code}: `)
  expect(tail.stdout.text).toBe(code === 'bad_frame' ? '' : 'good\n')
})

test('a certificate nobody trusts is refused, and with --insecure taken under a loud warning', async () => {
  await using server = await secureServer((_request, response) => {
    open(response, 'text/plain')
    response.end('secret\n')
  })
  const careful = command(['tail', server.url, '--max-attempts', '0'])
  expect(await careful.exit).toBe(4)
  expect(careful.stderr.text).toContain('error · tls: ')
  const careless = command(['tail', server.url, '--insecure', '--quiet'])
  expect(await careless.exit).toBe(0)
  expect(careless.stdout.text).toBe('secret\n')
  expect(careless.stderr.text).toContain('warning · --insecure: certificates are not checked')
})

test('help and version go to stdout', async () => {
  const help = command(['--help'])
  expect(await help.exit).toBe(0)
  expect(help.stdout.text).toMatch(/^Usage: statewire tail URL/)
  const version = command(['--version'])
  expect(await version.exit).toBe(0)
  expect(version.stdout.text).toMatch(/^\d+\.\d+\.\d+\n$/)
  expect(help.stderr.text + version.stderr.text).toBe('')
})
