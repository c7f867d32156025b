/**
 * The request with which a WebSocket opens (RFC 6455 section 4.2.1). `ws` checks it as well, but would answer in its own words.
 *
 * @module
 */

import type { IncomingMessage } from 'node:http'
import { WEBSOCKET_PROTOCOL } from '../../wire/names.ts'
import { headerOf } from '../exchange.ts'
import { Refusal } from '../problem.ts'

const VERSION = '13'

/** 16 bytes in base64. */
const KEY = /^[A-Za-z0-9+/]{22}==$/

/**
 * Checks what a handshake has to look like, whoever sends it.
 *
 * @throws Refusal 405, 426 or 400.
 */
export function checkHandshake(request: IncomingMessage): void {
  if (request.method !== 'GET')
    throw new Refusal(405, 'method_not_allowed', 'A socket is opened with GET.', { Allow: 'GET' })
  if (headerOf(request, 'upgrade')?.toLowerCase() !== 'websocket')
    throw new Refusal(400, 'bad_handshake', 'Only WebSocket is spoken here.')
  if (headerOf(request, 'sec-websocket-version') !== VERSION)
    throw new Refusal(426, 'websocket_version', 'This server speaks version 13 of WebSocket.', {
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': VERSION,
    })
  if (!KEY.test(headerOf(request, 'sec-websocket-key') ?? ''))
    throw new Refusal(400, 'bad_handshake', 'Sec-WebSocket-Key has to be 16 bytes in base64.')
  const asked = headerOf(request, 'sec-websocket-protocol')?.split(',') ?? []
  if (!asked.some((protocol) => protocol.trim() === WEBSOCKET_PROTOCOL))
    throw new Refusal(400, 'sub_protocol_required', `The sub-protocol has to be ${WEBSOCKET_PROTOCOL}.`)
}
