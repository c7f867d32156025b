/**
 * A listener with doors that say what they saw, and bare sockets to knock at them.
 *
 * @module
 */

import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { connect as connectPlain, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import { generate } from 'selfsigned'
import { onTestFinished } from 'vitest'
import { type ListenerDoors, type ListenerPlace, type ListenOptions, listen } from '../../listener.ts'

/** Short enough to be waited for. */
export const SHORT_TIMES = { headersMs: 200, requestMs: 400, checkMs: 50, keepAliveMs: 500 }

/** A certificate for 127.0.0.1. */
export async function certificate(): Promise<{ cert: string; key: string }> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  })
  return { cert, key }
}

/** Answers every request with its version, method and path, and refuses upgrades. */
export async function startListener(
  options: ListenOptions = {},
  { place, ...doors }: Partial<ListenerDoors> & { readonly place?: ListenerPlace } = {},
) {
  const failures: Error[] = []
  const listener = await listen(
    {
      request(request: IncomingMessage, response: ServerResponse) {
        response.end(`${request.httpVersion} ${request.method} ${request.url}`)
      },
      upgrade: (_request, socket) => void socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n'),
      failed: (error) => failures.push(error),
      ...doors,
    },
    options,
    place,
  )
  onTestFinished(() => {
    listener.cut()
    return listener.close()
  })
  return { ...listener, port: listener.address.port, url: listener.address.url, failures }
}

/** A connected socket. What goes wrong on it shows in what it has read. */
export async function knock(port: number, tls?: ConnectionOptions): Promise<Socket> {
  const target = { port, host: '127.0.0.1' }
  const socket = tls === undefined ? connectPlain(target) : connectTls({ ...target, rejectUnauthorized: false, ...tls })
  socket.on('error', () => {})
  onTestFinished(() => void socket.destroy())
  await once(socket, tls === undefined ? 'connect' : 'secureConnect')
  return socket
}

/** All that the other end says until it closes. */
export async function everything(socket: Socket): Promise<string> {
  let text = ''
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk
  })
  // Not `once`, which rejects when the other end resets the connection: that is an end, too.
  if (!socket.closed) await new Promise((resolve) => socket.on('close', resolve))
  return text
}

/** Sends these bytes and reads until the other end closes. */
export async function say(port: number, bytes: string): Promise<string> {
  const socket = await knock(port)
  const answer = everything(socket)
  socket.write(bytes)
  return answer
}

/** The next bytes. */
export async function nextBytes(socket: Socket): Promise<string> {
  const [chunk] = await once(socket, 'data')
  return String(chunk)
}
