import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { type GateRigOptions, outcome, startGate } from './testing/gate-rig.ts'

/** A gate behind a real server that listens on both families; it answers with what the gate said. */
async function serve(options: GateRigOptions = {}) {
  const { gate } = startGate(options)
  const server = createServer(async (request, response) => {
    const facts = {
      headers: request.headers,
      rawHeaders: request.rawHeaders,
      peer: request.socket.remoteAddress ?? '',
      encrypted: false,
      target: request.url ?? '',
      method: request.method ?? '',
      over: 'http' as const,
    }
    let key = ''
    const said = await outcome(async () => {
      key = (await gate.admit(facts)).key
    })
    response.end(`${gate.judgeOrigin(facts)} ${said} ${key}`)
  }).listen(0, '::')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  /** Sends header lines as they stand. */
  return async (lines: readonly string[], { target = '/v1/stream/a', host = '127.0.0.1' } = {}): Promise<string> => {
    const socket = connect(port, host)
    onTestFinished(() => void socket.destroy())
    socket.write(
      `GET ${target} HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`,
    )
    const chunks: Buffer[] = []
    for await (const chunk of socket) chunks.push(chunk)
    const [head = '', body = ''] = Buffer.concat(chunks).toString().split('\r\n\r\n')
    return head.startsWith('HTTP/1.1 200')
      ? body.replaceAll(/^[0-9a-f]+\r\n|\r\n.*$/g, '')
      : (head.split('\r\n')[0] ?? '')
  }
}

test('headers as they come from a socket', async () => {
  const ask = await serve({ limits: { authenticationFailures: 100 } })
  const table: [readonly string[], string][] = [
    [['Authorization: Bearer alice'], 'none let in p:alice'],
    [['AUTHORIZATION:bearer   alice  '], 'none let in p:alice'],
    [['Authorization: Bearer alice', 'Authorization: Bearer alice'], 'none 400 duplicate_header '],
    [['Authorization: Bearer alice', 'authorization: Bearer bob'], 'none 400 duplicate_header '],
    [['Authorization: Bearer alice', 'Stream-Seq: 1', 'stream-seq: 1'], 'none 400 duplicate_header '],
    [['Authorization: Bearer alice', 'Host: evil.example'], 'none 400 duplicate_header '],
    [['Authorization:'], 'none 401 unauthenticated '],
    [['Authorization: Bearer alíce'], 'none 401 invalid_token '],
    [['Authorization: Bearer alice\tbob'], 'none 401 invalid_token '],
    [[`Authorization: Bearer ${'a'.repeat(10_240)}`], 'none 401 invalid_token '],
    [['__proto__: Bearer alice', 'constructor: x'], 'none 401 unauthenticated '],
    [['Authorization: Bearer alice', 'Origin: http://a.example'], 'allowed let in p:alice'],
    [['Authorization: Bearer alice', 'Origin: http://a.example.evil.com'], 'foreign let in p:alice'],
  ]
  for (const [lines, said] of table) expect([lines[0], await ask(lines)]).toEqual([lines[0], said])
  expect(await ask(['Authorization: Bearer ali\u0000ce'])).toMatch(/^HTTP\/1\.1 400/)
  expect(await ask(['Authorization: Bearer alice'], { target: '/v1/stream/a?%61ccess_token=x' })).toBe(
    'none 400 credential_in_url ',
  )
})

test('a peer is the same one by IPv4 and by the mapped address that the socket shows', async () => {
  const ask = await serve({ allowAnonymous: true, production: true, trustedProxies: ['127.0.0.1'] })
  expect(await ask([])).toBe('none let in a:127.0.0.1')
  expect(await ask(['X-Forwarded-For: 198.51.100.7', 'X-Forwarded-Proto: https'])).toBe('none let in a:198.51.100.7')
  expect(await ask(['X-Forwarded-For: 1.1.1.1', 'X-Forwarded-For: 198.51.100.7', 'X-Forwarded-Proto: https'])).toBe(
    'none let in a:198.51.100.7',
  )
  expect(await ask(['X-Forwarded-For: 198.51.100.7', 'X-Forwarded-Proto: http'])).toBe('none 403 plain_http ')
})

test('an IPv6 peer that is no trusted proxy forwards nothing', async () => {
  const ask = await serve({ allowAnonymous: true, trustedProxies: ['127.0.0.1'] })
  expect(await ask(['X-Forwarded-For: 198.51.100.7'], { host: '::1' })).toBe('none let in a:0:0:0:0::/64')
})
