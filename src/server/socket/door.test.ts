import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { eventually, mountServer, startServer } from '../testing/rig.ts'
import { hold } from '../testing/shaped-store.ts'
import { greet, openSocket, refusedUpgrade } from '../testing/socket-rig.ts'

const authenticate = ({ token, header }: { token: string | null; header(name: string): string | undefined }) => {
  const name = token ?? header('cookie') ?? null
  return name === null || name.startsWith('wrong') ? null : { id: name }
}
const PROTOCOL = 'statewire.v1.json'

describe('the handshake', () => {
  test.each([
    ['without a sub-protocol', { 'sec-websocket-protocol': undefined }, 400, 'sub_protocol_required'],
    [
      'with other sub-protocols',
      { 'sec-websocket-protocol': 'other, statewire.v1.cbor' },
      400,
      'sub_protocol_required',
    ],
    ['with ours twice', { 'sec-websocket-protocol': `${PROTOCOL}, ${PROTOCOL}` }, 400, 'bad_handshake'],
    ['of version 8', { 'sec-websocket-version': '8' }, 426, 'websocket_version'],
    ['without a version', { 'sec-websocket-version': undefined }, 426, 'websocket_version'],
    ['with a short key', { 'sec-websocket-key': 'dGhl' }, 400, 'bad_handshake'],
    ['without a key', { 'sec-websocket-key': undefined }, 400, 'bad_handshake'],
    ['of a page from nowhere', { origin: 'null' }, 403, 'origin_refused'],
    ['of a page with a similar name', { origin: 'https://app.example.evil.example' }, 403, 'origin_refused'],
  ])('is refused %s', async (_how, headers, status, code) => {
    const { url, server } = await startServer({ origins: ['https://app.example'] })
    const refused = await refusedUpgrade(url, headers)
    expect([refused.status, refused.problem.code, refused.problem.status]).toEqual([status, code, status])
    expect(refused.headers['content-type']).toBe('application/problem+json')
    expect(refused.headers['sec-websocket-version']).toBe(status === 426 ? '13' : undefined)
    expect(server.connections).toBe(0)
  })

  test('is refused under another path and with another method', async () => {
    const { url } = await startServer()
    expect((await refusedUpgrade(url, {}, '/v1/other')).status).toBe(404)
    const { status, headers } = await refusedUpgrade(url, {}, '/v1/ws', 'PUT')
    expect([status, headers.allow]).toEqual([405, 'GET'])
  })

  test('for another protocol is refused where somebody else listens', async () => {
    const { url } = await mountServer()
    const { status, problem } = await refusedUpgrade(url, { upgrade: 'h2c' })
    expect([status, problem.code]).toEqual([400, 'bad_handshake'])
  })

  test('is refused beyond what the server takes on at once', async () => {
    const { url, server } = await startServer({ limits: { accepts: { perSecond: 1, burst: 1 } } })
    const held = await openSocket(url)
    const busy = await refusedUpgrade(url)
    expect([busy.status, busy.problem.code, busy.headers['retry-after']]).toEqual([503, 'busy', '1'])
    expect(held.socket.protocol).toBe(PROTOCOL)
    expect(server.connections).toBe(1)
  })

  test('compresses nothing, whatever is offered', async () => {
    const { url } = await startServer()
    const raw = await greet(url, {}, { perMessageDeflate: true })
    expect([raw.socket.protocol, raw.socket.extensions]).toEqual([PROTOCOL, ''])
    const { port } = new URL(url)
    const bare = connect(Number(port), '127.0.0.1')
    bare.write(
      `GET /v1/ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
        `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: ${PROTOCOL}\r\n` +
        `Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n`,
    )
    const [head] = await once(bare, 'data')
    expect(String(head)).not.toMatch(/deflate/i)
    // A text frame with RSV1 set, which is what a compressed one looks like.
    bare.write(Buffer.from([0xc1, 0x80, 0, 0, 0, 0]))
    const [frame] = await once(bare, 'data')
    expect([frame[0], frame.readUInt16BE(2)]).toEqual([0x88, 1002])
    bare.destroy()
  })
})

describe('who may come in', () => {
  test('is told by a token, a cookie of a known page, or a ticket, and only our protocol is named in return', async () => {
    const { url, server } = await startServer({ authenticate, allowAnonymous: false, origins: ['https://app.example'] })
    const byToken = await greet(url, {}, { headers: { Authorization: 'Bearer ada' } })
    const byCookie = await greet(url, {}, { headers: { Origin: 'https://app.example', Cookie: 'ada' } })
    const answer = await fetch(`${url}/v1/ticket`, { method: 'POST', headers: { Authorization: 'Bearer ada' } })
    const { ticket } = await answer.json()
    const both = [`statewire.ticket.${ticket}`, PROTOCOL]
    const byTicket = await openSocket(url, {}, both)
    expect([byToken, byCookie, byTicket].map(({ socket }) => socket.protocol)).toEqual(Array(3).fill(PROTOCOL))
    const again = await refusedUpgrade(url, { 'sec-websocket-protocol': both.join(', ') })
    expect([again.status, again.problem.code]).toEqual([401, 'invalid_token'])
    server.revoke('ada')
    for (const { closed } of [byToken, byCookie, byTicket])
      expect(await closed).toEqual({ code: 4103, reason: 'revoked' })
    await eventually(() => server.connections === 0)
  })

  test('is not whoever shows a wrong token, or one in the URL', async () => {
    const { url } = await startServer({ authenticate, allowAnonymous: false })
    const wrong = await refusedUpgrade(url, { authorization: 'Bearer wrong' })
    expect([wrong.status, wrong.problem.code]).toEqual([401, 'invalid_token'])
    expect(wrong.headers['www-authenticate']).toMatch(/^Bearer /)
    const inUrl = await refusedUpgrade(url, {}, '/v1/ws?token=ada')
    expect([inUrl.status, inUrl.problem.code]).toEqual([400, 'credential_in_url'])
  })

  test('finds a place, or is told when to come again', async () => {
    const { url, server } = await startServer({
      authenticate,
      allowAnonymous: false,
      limits: { connections: 3, connectionsPerPrincipal: 2 },
    })
    const asAda = { headers: { Authorization: 'Bearer ada' } }
    const first = await greet(url, {}, asAda)
    await greet(url, {}, asAda)
    const crowded = await refusedUpgrade(url, { authorization: 'Bearer ada' })
    expect([crowded.status, crowded.problem.code]).toEqual([429, 'connections'])
    // One that has not greeted takes a place as well.
    await openSocket(url)
    const full = await refusedUpgrade(url, { authorization: 'Bearer bob' })
    expect([full.status, full.problem.code, full.headers['retry-after']]).toEqual([503, 'connections', '5'])
    first.socket.close()
    await eventually(() => server.connections === 2)
    await greet(url, {}, { headers: { Authorization: 'Bearer bob' } })
  })

  test('leaves nothing behind when it goes away before it is known', async () => {
    const asked = hold()
    const answer = hold()
    const { url, server } = await startServer({
      allowAnonymous: false,
      authenticate: async () => {
        asked.release()
        await answer.held
        return { id: 'late' }
      },
      limits: { connections: 1 },
    })
    const { port } = new URL(url)
    const bare = connect(Number(port), '127.0.0.1')
    bare.write(
      `GET /v1/ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
        `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: ${PROTOCOL}\r\nAuthorization: Bearer late\r\n\r\n`,
    )
    await asked.held
    bare.resetAndDestroy()
    await once(bare, 'close')
    answer.release()
    await eventually(() => server.connections === 0)
    const next = await greet(url, {}, { headers: { Authorization: 'Bearer late' } })
    expect(next.socket.protocol).toBe(PROTOCOL)
  })
})
