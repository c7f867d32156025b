/**
 * Streams in a Hono app, wherever it runs. All but WebSocket, which has no Web standard on the server's side.
 *
 * - Bun: `Bun.serve({ fetch: (request, server) => app.fetch(request, server.requestIP(request)) })`
 * - Deno: `Deno.serve((request, { remoteAddr }) => app.fetch(request, { address: remoteAddr.hostname }))`
 * - Node: `serve(app)` of `@hono/node-server`, whose `getConnInfo` knows the address; or mount the streams by `node:http`
 *
 * @module
 */
import { Hono } from 'hono'
import { createStreamServer } from '../../../src/server/index.ts'

/** Limits go by address: without one, all visitors who are not signed in count as one. */
interface Bindings {
  readonly address?: string | undefined
}

export const streams = createStreamServer({ allowAnonymous: true, autoCreate: true })
export const app = new Hono<{ Bindings: Bindings }>()

app.all('/v1/*', (context) => streams.fetch(context.req.raw, context.env))
app.get('/', (context) => context.text('elsewhere'))
