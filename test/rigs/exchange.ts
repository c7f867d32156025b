/**
 * One HTTP request to the rig and its answer, over HTTP/1.1 or through the compatibility layer of `node:http2`.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { constants, type Http2ServerRequest, type ServerHttp2Stream } from 'node:http2'
import type { SeenRequest } from './protocol.ts'
import type { Exchange, ExchangePipe, Room } from './room.ts'

export type RigRequest = IncomingMessage | Http2ServerRequest
/** The class of `node:http2` has the same methods; only its types do not unite. */
export type RigResponse = ServerResponse

/** Any page may steer and read the rig: it holds nothing but what tests put there. */
export function allowEverybody(request: RigRequest, response: RigResponse): void {
  response.setHeader('access-control-allow-origin', '*')
  response.setHeader('access-control-expose-headers', '*')
  response.setHeader('access-control-allow-methods', 'GET, HEAD, PUT, POST, PATCH, DELETE')
  // Not the wildcard: it does not cover Authorization.
  const asked = request.headers['access-control-request-headers']
  if (asked !== undefined) response.setHeader('access-control-allow-headers', asked)
  response.setHeader('access-control-max-age', '600')
}

/** Destroys the connection in HTTP/1.1, resets the stream in HTTP/2. */
export function destroyExchange(request: RigRequest): void {
  if ('stream' in request) request.stream.close(constants.NGHTTP2_INTERNAL_ERROR)
  else request.socket.destroy()
}

/** Keeps the request in its room while it is open. */
export function enterRoom(room: Room, endpoint: string, request: RigRequest, response: RigResponse): Exchange {
  const pipe = 'stream' in request ? streamPipe(request.stream) : request.socket
  const exchange = { endpoint, pipe, destroy: () => destroyExchange(request) }
  room.enter(exchange)
  // Answered is over, though the connection lives on for the next request.
  response.on('finish', () => room.leave(exchange))
  response.on('close', () => room.leave(exchange))
  return exchange
}

/** What a test may want to know about a request. */
export function seen(endpoint: string, request: RigRequest, position: string | null): SeenRequest {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers)) headers[name] = String(value)
  return { endpoint, method: request.method ?? '', position, headers, httpVersion: request.httpVersion }
}

/** The whole body; `arrived` hears of each piece of it. */
export async function bodyOf(request: RigRequest, arrived?: (bytes: number) => void): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) {
    chunks.push(Buffer.from(chunk))
    arrived?.(chunk.length)
  }
  return Buffer.concat(chunks)
}

/** An HTTP/2 stream shares its socket with others and counts no bytes of its own. */
function streamPipe(stream: ServerHttp2Stream): ExchangePipe {
  return {
    bytesWritten: 0,
    writableLength: 0,
    get writableNeedDrain() {
      return stream.writableNeedDrain
    },
  }
}
