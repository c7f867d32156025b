/**
 * Node's servers, bounded: plain HTTP/1.1, HTTP/1.1 over TLS, or both versions over TLS.
 *
 * @module
 */

import { createServer, type IncomingMessage } from 'node:http'
import { createSecureServer } from 'node:http2'
import { createServer as createTlsServer } from 'node:https'
import type { Server } from 'node:net'
import type { SecureContextOptions } from 'node:tls'

/** How long a peer may take, in milliseconds. */
export interface TransportTimes {
  /** For the head of a request. Node allows 60 s: 10,000 slow ones would block everybody. */
  readonly headersMs: number
  /** For a request with its body. */
  readonly requestMs: number
  /** Both are looked at so often: a peer has that much longer. */
  readonly checkMs: number
  /** Between two requests. Above what common balancers keep a connection for; Node's 5 s make them answer 502 now and then. */
  readonly keepAliveMs: number
}

export const DEFAULT_TIMES: TransportTimes = {
  headersMs: 10_000,
  requestMs: 30_000,
  checkMs: 1_000,
  keepAliveMs: 65_000,
}

const MAX_HEADER_BYTES = 16 * 1024

/** How TLS is done. */
export interface TransportSecurity {
  /** Certificate and key. Without it: plain HTTP/1.1. */
  readonly tls?: SecureContextOptions | undefined
  /** Default: `true` with `tls`. Without TLS there is none: no browser speaks it in the clear. */
  readonly http2?: boolean | undefined
}

/**
 * Makes a server that does not listen yet.
 *
 * @throws Error when TLS is asked for that is older than 1.2, or HTTP/2 without TLS.
 */
export function createTransport({ tls, http2 }: TransportSecurity, times: TransportTimes): Server {
  const bounds = boundsOf(times)
  if (tls === undefined) {
    if (http2 === true) throw new Error('HTTP/2 needs tls: { cert, key }.')
    return unlimitedHeaders(createServer(bounds))
  }
  const { minVersion = 'TLSv1.2' } = tls
  if (minVersion !== 'TLSv1.2' && minVersion !== 'TLSv1.3') throw new Error('tls.minVersion is TLSv1.2 or TLSv1.3.')
  const secure = { ...tls, minVersion, handshakeTimeout: times.headersMs }
  if (http2 === false) return unlimitedHeaders(createTlsServer({ ...bounds, ...secure }))
  const server = createSecureServer({ ...secure, ...HTTP2_BOUNDS, allowHTTP1: true })
  server.on('session', (session) => {
    // A client that connects and then says nothing is given as long as one of HTTP/1.1.
    session.setTimeout(times.headersMs, () => session.destroy())
    session.once('stream', () => session.setTimeout(times.keepAliveMs))
  })
  // The options of HTTP/1.1 reach a server for both only since Node 24. As properties, it has always had them.
  return unlimitedHeaders(Object.assign(server, bounds))
}

function boundsOf({ headersMs, requestMs, checkMs, keepAliveMs }: TransportTimes) {
  return {
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    connectionsCheckingInterval: checkMs,
    keepAliveTimeout: keepAliveMs,
    maxHeaderSize: MAX_HEADER_BYTES,
    requireHostHeader: true,
    insecureHTTPParser: false,
    // From Node 24 on, `Upgrade: h2c` (curl sends it) is answered as the plain request it also is.
    shouldUpgradeCallback: ({ headers }: IncomingMessage) => headers.upgrade?.toLowerCase() === 'websocket',
  }
}

const HTTP2_BOUNDS = {
  settings: { maxConcurrentStreams: 100, maxHeaderListSize: MAX_HEADER_BYTES, enableConnectProtocol: false },
  /** A little over 100 and the pseudo headers, so that 101 get their 431. */
  maxHeaderListPairs: 128,
  /** Of one session, in megabytes. */
  maxSessionMemory: 10,
  maxSessionInvalidFrames: 100,
  maxSessionRejectedStreams: 100,
  maxOutstandingPings: 10,
  /** Rapid reset (CVE-2023-44487): a page that is left resets its 100 streams at once, and not again in the same second. */
  streamResetBurst: 300,
  streamResetRate: 33,
  unknownProtocolTimeout: 1_000,
}

/** Beyond its limit (2,000) Node drops headers without a word; the limit in bytes stands, and `refusalOfShape` counts. */
function unlimitedHeaders<T extends object>(server: T): T {
  return Object.assign(server, { maxHeadersCount: 0 })
}
