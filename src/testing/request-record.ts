/**
 * What a scripted server knows of a request and of what its client said afterwards.
 *
 * @module
 */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Changes } from './changes.ts'

export class RequestRecord {
  readonly method: string
  /** As the client wrote it, query included. */
  readonly url: string
  /** Without the query. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  /** The fields in their order and spelling: name, value, name, value. */
  readonly rawHeaders: readonly string[]
  /** Whether it asks for a WebSocket. */
  readonly isWebSocket: boolean
  /** Messages received on a WebSocket so far. */
  readonly received: (string | Uint8Array)[] = []
  /** The request's whole body; what had arrived, when the client broke off. */
  readonly body: Promise<Uint8Array>
  /** Bytes of the body so far. */
  uploaded = 0
  /** How the WebSocket was closed: the client's close frame, or 1006 without one. `null` while it is open. */
  closeFrame: { readonly code: number; readonly reason: string } | null = null
  readonly #changes: Changes

  constructor(request: IncomingMessage, isWebSocket: boolean, changes: Changes) {
    this.method = request.method ?? ''
    this.url = request.url ?? ''
    const { pathname, searchParams } = new URL(this.url, 'http://localhost')
    this.path = pathname
    this.query = searchParams
    this.headers = request.headers
    this.rawHeaders = request.rawHeaders
    this.isWebSocket = isWebSocket
    this.#changes = changes
    this.body = this.#collect(request)
  }

  /** The request's whole body as text. */
  async text(): Promise<string> {
    return new TextDecoder().decode(await this.body)
  }

  /** @internal */
  message(data: string | Uint8Array): void {
    this.received.push(data)
    this.#changes.notify()
  }

  /** @internal */
  closed(code: number, reason: string): void {
    this.closeFrame = { code, reason }
    this.#changes.notify()
  }

  #collect(request: IncomingMessage): Promise<Uint8Array> {
    const chunks: Uint8Array[] = []
    return new Promise((resolve) => {
      const done = (): void => resolve(Buffer.concat(chunks))
      request.on('data', (chunk: Uint8Array) => {
        chunks.push(chunk)
        this.uploaded += chunk.length
        this.#changes.notify()
      })
      request.on('end', done).on('error', done).on('close', done)
    })
  }
}
