/**
 * What `ws`, `node:http` and `node:tls` say when a socket fails, in our words.
 *
 * @module
 */
import type { IncomingMessage } from 'node:http'
import { TransportError } from '../errors.ts'
import { retryAfter } from './http-answer.ts'

/** OpenSSL's verification results as Node names them, and Node's own TLS errors. A plain-text port answers `EPROTO`. */
const TLS_CODE =
  /^(?:ERR_TLS_|ERR_SSL_|CERT_|CRL_|EPROTO$|DEPTH_ZERO_SELF_SIGNED_CERT$|SELF_SIGNED_CERT_IN_CHAIN$|UNABLE_TO_|HOSTNAME_MISMATCH$|INVALID_CA$)/

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : ''
}

/** An HTTP answer where "101 Switching Protocols" was wanted. */
export function handshakeRefused({ statusCode: status = 0, headers }: IncomingMessage): TransportError {
  if (status >= 300 && status < 400) {
    return new TransportError(
      'redirect_refused',
      'The server redirects the WebSocket handshake, which is never followed.',
      { status },
    )
  }
  const facts = { status, retryAfterMs: retryAfter(headers['retry-after']) }
  return new TransportError('http_status', `The server answered ${status} instead of opening a WebSocket.`, facts)
}

/** The handshake failed below or beside HTTP. */
export function networkFailure(cause: unknown): TransportError {
  const code = codeOf(cause)
  if (TLS_CODE.test(code)) return new TransportError('tls', 'The secure connection could not be set up.', { cause })
  if (code !== '') return new TransportError('network', 'The server could not be reached.', { cause })
  // `ws` gives no code to what it finds in the answer: a wrong Sec-WebSocket-Accept, a wrong Upgrade, an extension nobody asked for.
  return new TransportError('not_a_stream_server', 'The server answered the WebSocket handshake wrongly.', { cause })
}

/** An open socket failed: the network, or a frame that breaks RFC 6455. */
export function wireFault(cause: unknown, tooLarge: () => TransportError): TransportError {
  const code = codeOf(cause)
  if (code === 'WS_ERR_INVALID_UTF8')
    return new TransportError('invalid_utf8', 'A text message is not valid UTF-8.', { cause })
  if (code.endsWith('MESSAGE_LENGTH') || code.endsWith('DATA_PAYLOAD_LENGTH')) return tooLarge()
  if (code === 'WS_ERR_TOO_MANY_BUFFERED_PARTS') {
    return new TransportError('limit_exceeded', 'A message came in too many fragments.', { cause })
  }
  if (code.startsWith('WS_ERR_'))
    return new TransportError('bad_frame', 'The server broke the WebSocket framing.', { cause })
  return new TransportError('network', 'The connection was lost.', { cause })
}
