/**
 * Servers for the command to read from, each on a port of its own.
 *
 * @module
 */
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { generate } from 'selfsigned'

export interface TestServer extends AsyncDisposable {
  readonly url: string
  readonly server: Server
  /** What was asked for, in order. */
  readonly requests: readonly IncomingMessage[]
}

/** Answers every request with `answer`. */
export async function httpServer(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<TestServer> {
  return started((listener) => createServer(listener), answer, 'http')
}

/** The same behind a certificate that nobody has reason to trust. */
export async function secureServer(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<TestServer> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: '127.0.0.1' }])
  return started((listener) => createSecureServer({ cert, key }, listener), answer, 'https')
}

async function started(
  create: (listener: RequestListener) => Server,
  answer: RequestListener,
  scheme: string,
): Promise<TestServer> {
  const requests: IncomingMessage[] = []
  const server = create((request, response) => {
    requests.push(request)
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `${scheme}://127.0.0.1:${port}`,
    server,
    requests,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

/** Starts an answer of this type, its headers on the wire at once. */
export function open(response: ServerResponse, type: string, status = 200): void {
  response.writeHead(status, { 'content-type': type })
  response.flushHeaders()
}

/** Writes, and cuts the socket once the bytes are out. */
export function writeThenCut(response: ServerResponse, text: string): void {
  response.write(text, () => response.socket?.end())
}

/** The request's body as text. */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += chunk
  return text
}
