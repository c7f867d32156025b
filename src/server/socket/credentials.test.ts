import { describe, expect, test } from 'vitest'
import type { StreamServerOptions } from '../index.ts'
import { manualClock } from '../testing/manual-clock.ts'
import { eventually, startServer } from '../testing/rig.ts'
import { hold } from '../testing/shaped-store.ts'
import { greet, openSocket } from '../testing/socket-rig.ts'

const clock = manualClock()
/** `name` or `name expires-in-seconds` */
const authenticate: StreamServerOptions['authenticate'] = ({ token }) => {
  const [name = '', seconds] = token?.split(':') ?? []
  if (name === '' || name === 'wrong') return null
  return { id: name, ...(seconds === undefined ? {} : { expiresAt: clock.now() + Number(seconds) * 1_000 }) }
}
const strict = { authenticate, allowAnonymous: false, clock }

describe('the token of the greeting', () => {
  test('lets in, and the answer says until when', async () => {
    const { url } = await startServer(strict)
    const raw = await greet(url, { token: 'ada:90' })
    expect(raw.frames[0]).toMatchObject({ t: 'welcome', exp: Math.floor((clock.now() + 90_000) / 1_000) })
    const lasting = await greet(url, { token: 'ada' })
    expect(lasting.frames[0]).not.toHaveProperty('exp')
  })

  test.each([
    ['missing', {}, 4101, 'unauthenticated'],
    ['wrong', { token: 'wrong' }, 4101, 'invalid_token'],
    ['no token at all', { token: 'a b' }, 4101, 'invalid_token'],
    ['expired', { token: 'ada:-1' }, 4102, 'token_expired'],
  ])('that is %s ends the connection', async (_how, hello, code, reason) => {
    const { url, server } = await startServer(strict)
    const raw = await openSocket(url)
    raw.send({ t: 'hello', v: 1, ...hello })
    expect(await raw.closed).toEqual({ code, reason })
    expect(raw.frames).toEqual([])
    await eventually(() => server.connections === 0)
  })

  test('that is guessed again and again, or cannot be checked now, is told when to come again', async () => {
    let database: 'up' | 'down' = 'up'
    const { url, reports } = await startServer({
      ...strict,
      authenticate: (request) => {
        if (database === 'down') throw new Error('no database')
        return authenticate(request)
      },
      limits: { authenticationFailures: 1 },
    })
    const greetWith = async (token: string) => {
      const raw = await openSocket(url)
      raw.send({ t: 'hello', v: 1, token })
      return raw.closed
    }
    expect((await greetWith('wrong')).code).toBe(4101)
    expect(await greetWith('wrong')).toEqual({ code: 4229, reason: 'rate_limited ms=60000' })
    clock.advance(60_000)
    database = 'down'
    expect(await greetWith('ada')).toEqual({ code: 1013, reason: 'authentication_unavailable ms=5000' })
    expect(reports).toHaveLength(1)
  })

  test('may come with requests behind it: they wait until it is known who asks', async () => {
    const answer = hold()
    const { url, server } = await startServer({
      ...strict,
      authenticate: async () => {
        await answer.held
        return { id: 'ada' }
      },
    })
    server.stream('a').append(1)
    const raw = await openSocket(url)
    raw.send({ t: 'hello', v: 1, token: 'ada' })
    raw.send({ t: 'ping', k: 1 })
    raw.send({ t: 'sub', id: 1, s: 'a', o: '-1' })
    await new Promise(setImmediate)
    expect(raw.frames).toEqual([])
    answer.release()
    await raw.until(({ t }) => t === 'live')
    expect(raw.frames.map(({ t }) => t)).toEqual(['welcome', 'pong', 'subok', 'm', 'live'])
  })

  test('of somebody else than the handshake was by is refused', async () => {
    const { url } = await startServer(strict)
    const asAda = { headers: { Authorization: 'Bearer ada' } }
    await greet(url, { token: 'ada' }, asAda)
    const raw = await openSocket(url, asAda)
    raw.send({ t: 'hello', v: 1, token: 'bob' })
    expect(await raw.closed).toEqual({ code: 4003, reason: 'other_principal' })
  })

  test('counts against the places of its principal', async () => {
    const { url } = await startServer({ ...strict, limits: { connectionsPerPrincipal: 1 } })
    await greet(url, { token: 'ada' })
    const raw = await openSocket(url)
    raw.send({ t: 'hello', v: 1, token: 'ada' })
    expect(await raw.closed).toEqual({ code: 4229, reason: 'connections ms=5000' })
  })

  test('is not needed where anonymous ones may come in as well', async () => {
    const { url } = await startServer({ ...strict, allowAnonymous: true })
    await greet(url)
    const raw = await openSocket(url)
    raw.send({ t: 'hello', v: 1, token: 'wrong' })
    expect((await raw.closed).code).toBe(4101)
  })
})

describe('a credential', () => {
  test('ends its connection when it expires', async () => {
    const { url, server } = await startServer(strict)
    const raw = await greet(url, { token: 'ada:3' })
    clock.advance(2_000)
    await eventually(() => server.connections === 1)
    clock.advance(2_000)
    expect(await raw.closed).toEqual({ code: 4102, reason: 'token_expired' })
  })

  test('may be replaced by another of the same principal before that', async () => {
    const { url } = await startServer(strict)
    const raw = await greet(url, { token: 'ada:3', pingMs: 60_000 })
    raw.send({ t: 'auth', token: 'ada:30' })
    const authok = await raw.until(({ t }) => t === 'authok')
    expect(authok).toEqual({ t: 'authok', exp: Math.floor((clock.now() + 30_000) / 1_000) })
    clock.advance(20_000)
    raw.send({ t: 'ping', k: 1 })
    await raw.until(({ t }) => t === 'pong')
    clock.advance(11_000)
    expect((await raw.closed).code).toBe(4102)
  })

  test.each([
    ['somebody else', 'bob', 4003, 'other_principal'],
    ['nobody', 'wrong', 4101, 'invalid_token'],
  ])('of %s ends the connection', async (_whose, token, code, reason) => {
    const { url } = await startServer(strict)
    const raw = await greet(url, { token: 'ada' })
    raw.send({ t: 'auth', token })
    expect(await raw.closed).toEqual({ code, reason })
  })

  test('is accepted by a server that asks for none', async () => {
    const { url } = await startServer()
    const raw = await greet(url, { token: 'ada' })
    raw.send({ t: 'auth', token: 'ada' })
    expect(await raw.until(({ t }) => t === 'authok')).toEqual({ t: 'authok' })
  })

  test('that is revoked ends all connections of its principal, and no other', async () => {
    const { url, server } = await startServer(strict)
    const [one, two, other] = [
      await greet(url, { token: 'ada' }),
      await greet(url, { token: 'ada' }),
      await greet(url, { token: 'bob' }),
    ]
    server.revoke('ada')
    for (const { closed } of [one, two]) expect(await closed).toEqual({ code: 4103, reason: 'revoked' })
    other.send({ t: 'ping', k: 1 })
    await other.until(({ t }) => t === 'pong')
  })
})

describe('what is not allowed', () => {
  const sub = (id: number, s: string) => ({ t: 'sub', id, s, o: '-1' })
  const pub = (q: number, s: string, more: object = {}) => ({ t: 'pub', s, pid: 'p', e: 0, q, d: [q], ...more })

  test.each([
    [true, 'not_found'],
    [false, 'forbidden'],
  ])('looks like what is not there, unless the application wants it said (%s)', async (hideForbidden, code) => {
    const authorize: StreamServerOptions['authorize'] = (_principal, action, path) =>
      path === 'open' && action !== 'close'
    const { url, server } = await startServer({ authorize, hideForbidden, autoCreate: true })
    const secret = server.stream('secret')
    server.stream('open')
    const raw = await greet(url)
    raw.send(sub(1, 'secret'))
    expect(await raw.until(({ id }) => id === 1)).toMatchObject({ t: 'err', code })
    raw.send(pub(0, 'secret'))
    raw.send(pub(0, 'new'))
    raw.send(pub(0, 'open', { close: true }))
    raw.send(pub(0, 'open'))
    await raw.until(({ t }) => t === 'ack')
    expect(raw.frames.filter(({ t }) => t === 'nack')).toMatchObject([{ code }, { code }, { code }])
    expect([secret.tail.seq, server.stream('open').tail.seq]).toEqual([0, 1])
  })

  test('ends a subscription when it is asked again after five minutes, and leaves the others', async () => {
    const forbidden = new Set<string>()
    const { url, server } = await startServer({
      ...strict,
      authorize: (_principal, _action, path) => !forbidden.has(path),
    })
    const rooms = ['a', 'b'].map((path) => server.stream(path))
    const raw = await greet(url, { token: 'ada', pingMs: 60_000 })
    raw.send(sub(1, 'a'))
    raw.send(sub(2, 'b'))
    await eventually(() => raw.frames.filter(({ t }) => t === 'live').length === 2)
    forbidden.add('a')
    const heard = raw.until(({ t }) => t === 'err')
    for (let minute = 0; minute < 5; minute++) {
      raw.send({ t: 'ping', k: minute })
      await raw.until(({ t, k }) => t === 'pong' && k === minute)
      clock.advance(60_000)
    }
    expect(await heard).toMatchObject({ id: 1, code: 'not_found' })
    for (const room of rooms) room.append(1)
    await raw.until(({ t }) => t === 'm')
    expect(raw.frames.filter(({ t }) => t === 'm')).toHaveLength(1)
  })

  test('ends a subscription as soon as the new credential does not allow it', async () => {
    const { url, server } = await startServer({
      authenticate: ({ token }) => (token === null ? null : { id: 'ada', claims: token }),
      allowAnonymous: false,
      authorize: (principal) => principal?.claims === 'wide',
    })
    server.stream('a')
    const raw = await greet(url, { token: 'wide' })
    raw.send(sub(1, 'a'))
    await raw.until(({ t }) => t === 'live')
    raw.send({ t: 'auth', token: 'narrow' })
    expect(await raw.until(({ t }) => t === 'err')).toMatchObject({ id: 1, code: 'not_found' })
  })
})
