/**
 * Streams in an Express 5 app: `PORT=8080 node docs/examples/mount/express.ts`.
 *
 * @module
 */
import express from 'express'
import { createStreamServer } from '../../../src/server/index.ts'

export const streams = createStreamServer({ allowAnonymous: true, autoCreate: true })
const app = express().disable('x-powered-by')

// Before any body parser: a body that was read once cannot be read again.
app.use(streams.middleware)
app.get('/', (_request, response) => void response.send('elsewhere'))

export const server = app.listen(Number(process.env.PORT ?? 8080), '127.0.0.1')
server.on('upgrade', (request, socket, head) => streams.upgrade(request, socket, head) || socket.destroy())
