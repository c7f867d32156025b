/**
 * What an app could give to a connection, with a secret in each place that takes one.
 *
 * @module
 */
import type { Canaries } from './canaries.ts'

/** The address with a secret in its query, under a name that our server does not refuse. */
export function withQuery(url: string, { query }: Canaries): string {
  const address = new URL(url)
  address.searchParams.set('invitation', query)
  return address.href
}

/** Options that every transport takes, or leaves alone. */
export function secretInput(canaries: Canaries): Record<string, unknown> {
  return {
    query: { invitation: canaries.query },
    headers: async () => ({
      authorization: `Bearer ${canaries.header}`,
      cookie: `session=${canaries.cookie}`,
      'x-api-key': canaries.headerFunction,
    }),
    sendHeaders: { 'x-send-key': canaries.sendHeader },
    authorize: async () => ({ token: canaries.authorize }),
    tls: { key: canaries.tlsKey, servername: canaries.tlsKey },
  }
}

/** A request with a body, where the protocol sends one. */
export function secretPost({ body, idempotencyKey }: Canaries): Record<string, unknown> {
  return { method: 'POST', body: { password: body }, idempotencyKey }
}
