/**
 * HTTP/2 connections on Node: found out by ALPN, one session per origin, closed soon after its last stream.
 *
 * @module
 */
import { type ClientHttp2Session, connect } from 'node:http2'
import { isIP } from 'node:net'
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls'
import type { PreparedRequest } from './request.ts'

/** What an origin speaks. */
export type Agreed = SharedSession | Http1

/** The origin has no HTTP/2. */
export interface Http1 {
  readonly protocol: 'http/1.1'
  /** The socket on which that was found out, for the first who asks. */
  take(): TLSSocket | undefined
}

/** One HTTP/2 connection and the streams on it. */
export interface SharedSession {
  readonly protocol: 'h2'
  readonly session: ClientHttp2Session
  streams: number
  /** When bytes last came, on the monotonic clock. */
  heard: number
  linger: NodeJS.Timeout | undefined
  /** No new stream goes here; those that are open stay. */
  retire(): void
}

interface Negotiation {
  readonly agreed: Promise<Agreed>
  waiting: number
  abandon(): void
}

/** Long enough for the next poll, short enough that a finished client holds no connection. */
const LINGER = 1_000

/** A session whose stream was given up after this silence is taken for dead: others must not queue on it. */
const SUSPECT_SILENCE = 5_000

const MOST_ORIGINS = 256

const negotiations = new Map<string, Negotiation>()

/** TLS options of a request, for `node:https` and `node:tls` alike. */
export function tlsOptions({ input: { tls }, url }: PreparedRequest): ConnectionOptions {
  const { ca, ...rest } = tls ?? {}
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
  // RFC 6066 section 3: an address is not a server name.
  return {
    servername: isIP(host) === 0 ? host : '',
    ...given,
    ...(ca === undefined
      ? {}
      : { ca: typeof ca === 'string' ? ca : ca instanceof Uint8Array ? Buffer.from(ca) : [...ca] }),
  }
}

const identities = new WeakMap<object, number>()
let identity = 0

/** One pool entry per origin and TLS options object; options that merely look alike are not the same trust. */
function poolKey({ url, input: { tls, protocol } }: PreparedRequest): string {
  if (tls !== undefined && !identities.has(tls)) identities.set(tls, ++identity)
  return `${url.origin} ${tls === undefined ? 0 : identities.get(tls)} ${protocol ?? 'any'}`
}

/** Finds out what the origin speaks, at most once at a time. Rejects when the request's signal aborts. */
export async function negotiate(request: PreparedRequest): Promise<Agreed> {
  const key = poolKey(request)
  const known = negotiations.get(key)
  if (known !== undefined) {
    const agreed = await joined(known, request.signal)
    if (agreed.protocol === 'http/1.1' || hasRoom(agreed)) return agreed
    if (negotiations.get(key) === known) negotiations.delete(key)
  }
  // A new one is taken as it is, room or not: looking again would be a dial loop against a server that accepts and hangs up.
  return joined(negotiations.get(key) ?? startNegotiation(request, key), request.signal)
}

function hasRoom({ session, streams }: SharedSession): boolean {
  // Beyond the server's limit Node queues without a word, and a queued read looks like a dead server.
  return !session.closed && !session.destroyed && streams < (session.remoteSettings?.maxConcurrentStreams ?? 100)
}

function joined(negotiation: Negotiation, signal: AbortSignal): Promise<Agreed> {
  negotiation.waiting++
  return new Promise<Agreed>((resolve, reject) => {
    const leave = (): void => {
      signal.removeEventListener('abort', leave)
      negotiation.waiting--
      if (signal.aborted && negotiation.waiting === 0) negotiation.abandon()
      reject(signal.reason)
    }
    if (signal.aborted) return leave()
    signal.addEventListener('abort', leave)
    negotiation.agreed.then(
      (agreed) => {
        resolve(agreed)
        leave()
      },
      (cause: unknown) => {
        reject(cause)
        leave()
      },
    )
  })
}

function startNegotiation(request: PreparedRequest, key: string): Negotiation {
  const forget = (): void => {
    if (negotiations.get(key) === negotiation) negotiations.delete(key)
  }
  const attempt = request.url.protocol === 'https:' ? secureAttempt(request, forget) : plainAttempt(request, forget)
  let over = false
  const negotiation: Negotiation = {
    agreed: attempt.agreed,
    waiting: 0,
    abandon() {
      if (over) return
      forget()
      attempt.abandon()
    },
  }
  // Origins that speak HTTP/1.1 only are remembered, but not without bound.
  const [oldest] = negotiations.keys()
  if (oldest !== undefined && negotiations.size >= MOST_ORIGINS) negotiations.delete(oldest)
  negotiations.set(key, negotiation)
  attempt.agreed.then(
    () => {
      over = true
    },
    () => {
      over = true
      forget()
    },
  )
  return negotiation
}

interface Attempt {
  readonly agreed: Promise<Agreed>
  abandon(): void
}

function secureAttempt(request: PreparedRequest, forget: () => void): Attempt {
  const { url, input } = request
  const socket = connectTls({
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || 443),
    ALPNProtocols: input.protocol === 'h2' ? ['h2'] : ['h2', 'http/1.1'],
    ...tlsOptions(request),
  })
  const agreed = new Promise<Agreed>((resolve, reject) => {
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('closed during the TLS handshake')))
    socket.once('secureConnect', () => {
      if (socket.alpnProtocol === 'h2')
        return resolve(shared(connect(url.origin, { ...SETTINGS, createConnection: () => socket }), forget))
      if (input.protocol === 'h2') {
        socket.destroy()
        return reject(new Error('the server does not offer HTTP/2'))
      }
      resolve(http1(socket))
    })
  })
  return { agreed, abandon: () => void socket.destroy() }
}

function http1(socket: TLSSocket): Http1 {
  let spare: TLSSocket | undefined = socket
  // Between negotiation and request nobody else listens.
  socket.on('error', () => undefined)
  const unwanted = setTimeout(() => {
    if (spare !== undefined) spare.destroy()
    spare = undefined
  }, LINGER)
  unwanted.unref()
  return {
    protocol: 'http/1.1',
    take() {
      const taken = spare
      spare = undefined
      clearTimeout(unwanted)
      return taken?.destroyed === false ? taken : undefined
    },
  }
}

function plainAttempt({ url }: PreparedRequest, forget: () => void): Attempt {
  const session = connect(url.origin, SETTINGS)
  const agreed = new Promise<Agreed>((resolve, reject) => {
    session.once('error', reject)
    session.once('close', () => reject(new Error('closed before it was open')))
    session.once('connect', () => resolve(shared(session, forget)))
  })
  return { agreed, abandon: () => session.destroy() }
}

const SETTINGS = { settings: { enablePush: false } }

function shared(session: ClientHttp2Session, forget: () => void): SharedSession {
  const pooled: SharedSession = {
    protocol: 'h2',
    session,
    streams: 0,
    heard: performance.now(),
    linger: undefined,
    retire: forget,
  }
  // Streams report their own failures; without a listener the session's error would be uncaught.
  session.on('error', forget)
  session.on('goaway', forget)
  session.on('close', forget)
  linger(pooled)
  return pooled
}

function linger(pooled: SharedSession): void {
  pooled.session.unref()
  pooled.linger = setTimeout(() => pooled.session.close(), LINGER)
  pooled.linger.unref()
}

/** One more stream is about to open. */
export function retain(pooled: SharedSession): void {
  clearTimeout(pooled.linger)
  pooled.session.ref()
  pooled.streams++
}

/** A stream is over; `givenUp` when we ended it ourselves. */
export function release(pooled: SharedSession, givenUp: boolean): void {
  pooled.streams--
  if (givenUp && performance.now() - pooled.heard > SUSPECT_SILENCE) pooled.retire()
  if (pooled.streams === 0) linger(pooled)
}
