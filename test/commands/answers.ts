/**
 * Refusals as bytes, the same for every protocol: a handshake is an HTTP request too (RFC 6455 section 1.3).
 *
 * @module
 */
import type { Refusal } from './model.ts'

function answer(status: string, body = '', headers: readonly string[] = []): string {
  const fields = ['connection: close', `content-length: ${body.length}`, ...headers]
  return `HTTP/1.1 ${status}\r\n${fields.join('\r\n')}\r\n\r\n${body}`
}

export const answers: Readonly<Record<Refusal, string>> = {
  401: answer('401 Unauthorized'),
  403: answer('403 Forbidden'),
  429: answer('429 Too Many Requests', 'slow down', ['retry-after: 90']),
  503: answer('503 Service Unavailable', '', ['retry-after: 5']),
  html: answer('200 OK', '<!doctype html><h1>Sign in</h1>', ['content-type: text/html']),
  204: 'HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n',
}
