/**
 * Streams over HTTP/2, where a browser is not limited to six connections:
 * `TLS_CERT=cert.pem TLS_KEY=key.pem PORT=8443 node docs/examples/mount/node-http2.ts`.
 *
 * @module
 */
import { readFileSync } from 'node:fs'
import { createSecureServer } from 'node:http2'
import { createStreamServer } from '../../../src/server/index.ts'

export const streams = createStreamServer({ allowAnonymous: true, autoCreate: true })
const cert = readFileSync(process.env.TLS_CERT ?? 'cert.pem')
const key = readFileSync(process.env.TLS_KEY ?? 'key.pem')

// WebSocket upgrades need HTTP/1.1, which stays beside HTTP/2 on the same port.
export const server = createSecureServer({ cert, key, allowHTTP1: true }, async (request, response) => {
  if (await streams.handle(request, response)) return
  if (request.url === '/') response.end('elsewhere')
  else response.writeHead(404).end()
})
server.on('upgrade', (request, socket, head) => streams.upgrade(request, socket, head) || socket.destroy())
server.listen(Number(process.env.PORT ?? 8443), '127.0.0.1')
