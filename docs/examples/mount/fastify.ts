/**
 * Streams in a Fastify 5 app: `PORT=8080 node docs/examples/mount/fastify.ts`.
 *
 * @module
 */
import fastify from 'fastify'
import { createStreamServer } from '../../../src/server/index.ts'

export const streams = createStreamServer({ allowAnonymous: true, autoCreate: true })
const app = fastify()

// The first hook of all, so that Fastify neither reads the body nor looks for a route.
app.addHook('onRequest', async ({ raw }, reply) => void ((await streams.handle(raw, reply.raw)) && reply.hijack()))
app.get('/', (_request, reply) => reply.send('elsewhere'))

await app.listen({ port: Number(process.env.PORT ?? 8080), host: '127.0.0.1' })
export const { server } = app
server.on('upgrade', (request, socket, head) => streams.upgrade(request, socket, head) || socket.destroy())
