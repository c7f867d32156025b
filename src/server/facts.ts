/**
 * What the gate wants to know of a request.
 *
 * @module
 */

import type { StreamRequest } from './exchange.ts'
import type { RequestFacts } from './security/gate.ts'

export function factsOf(request: StreamRequest, over: 'http' | 'websocket'): RequestFacts {
  return {
    headers: request.headers,
    ...(request.rawHeaders === undefined ? {} : { rawHeaders: request.rawHeaders }),
    peer: request.socket?.remoteAddress ?? '',
    encrypted: request.socket?.encrypted === true,
    target: request.url ?? '',
    method: request.method ?? '',
    over,
  }
}
