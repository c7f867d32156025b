/**
 * Streams beside other things of a `node:http` server: `PORT=8080 node docs/examples/mount/node-http.ts`.
 *
 * @module
 */
import { createServer } from 'node:http'
import { createStreamServer } from '../../../src/server/index.ts'

export const streams = createStreamServer({ allowAnonymous: true, autoCreate: true })

export const server = createServer(async (request, response) => {
  if (await streams.handle(request, response)) return
  if (request.url === '/') response.end('elsewhere')
  else response.writeHead(404).end()
})
server.on('upgrade', (request, socket, head) => streams.upgrade(request, socket, head) || socket.destroy())
server.listen(Number(process.env.PORT ?? 8080), '127.0.0.1')
