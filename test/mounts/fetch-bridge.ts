/**
 * `node:http` on one side, a Fetch handler on the other: what a runtime or an adapter does for an app of Hono. As plain as such
 * adapters are; among other things it destroys the socket when the body of a request is cancelled.
 *
 * @module
 */
import { once } from 'node:events'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { ReadableStream as NodeStream } from 'node:stream/web'

/** Answers a request, told the peer's address. */
export type FetchHandler = (
  request: Request,
  info: { readonly address: string | undefined },
) => Response | Promise<Response>

export function bridged(handler: FetchHandler): RequestListener {
  return (incoming, outgoing) => {
    outgoing.on('error', () => {})
    answer(handler, incoming, outgoing).catch(() => outgoing.destroy())
  }
}

async function answer(handler: FetchHandler, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const gone = new AbortController()
  outgoing.on('close', () => outgoing.writableFinished || gone.abort())
  const response = await handler(requestOf(incoming, gone.signal), { address: incoming.socket.remoteAddress })
  outgoing.writeHead(response.status, [...response.headers].flat())
  const reader = response.body?.getReader()
  outgoing.on('close', () => void reader?.cancel().catch(() => {}))
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true }
    if (done || outgoing.destroyed) break
    if (!outgoing.write(value)) await once(outgoing, 'drain', { signal: gone.signal })
  }
  outgoing.end()
}

function requestOf(incoming: IncomingMessage, signal: AbortSignal): Request {
  const { method = 'GET', rawHeaders, url = '/', headers } = incoming
  const pairs: [string, string][] = []
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    pairs.push([rawHeaders[index] ?? '', rawHeaders[index + 1] ?? ''])
  }
  const body = method === 'GET' || method === 'HEAD' ? null : bodyOf(incoming)
  const half = { duplex: 'half' }
  return new Request(`http://${headers.host}${url}`, { method, headers: pairs, body, signal, ...half })
}

/** The types of Node's streams and of the DOM's differ, the streams do not. */
function bodyOf(incoming: IncomingMessage): ReadableStream<Uint8Array> {
  const stream: NodeStream<unknown> = Readable.toWeb(incoming)
  return stream as ReadableStream<Uint8Array>
}
