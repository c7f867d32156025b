/**
 * F19 and B65: servers that send the client elsewhere.
 *
 * @module
 */
import { expect } from 'vitest'
import { redirect } from '../../../src/testing/server.ts'
import { conclude } from '../oracle.ts'
import type { FaultRow } from '../row.ts'
import { type AttemptStep, openWorld, type WorldOptions } from '../world.ts'
import { secureServer } from './strange-servers.ts'

const statuses = [301, 302, 303, 307, 308] as const

/** The same question one hop on, at the same server or another. */
function onward(status: (typeof statuses)[number], most: number, origin = ''): AttemptStep {
  return (exchange, { row }) => {
    const hops = Number(exchange.query.get('hop') ?? 0)
    if (hops >= most) return row.tell(exchange)
    const query = new URLSearchParams(exchange.query)
    query.set('hop', String(hops + 1))
    return redirect(status, `${origin}${exchange.path}?${query}`)(exchange)
  }
}

async function redirected(row: FaultRow, step: AttemptStep, options: WorldOptions = {}) {
  const world = await openWorld(row, { attempts: [step], ...options })
  world.connect()
  await world.until(() => world.stage === 'closed' || world.stage === 'error')
  return world
}

/** F19 over HTTP. */
export async function redirects(row: FaultRow): Promise<void> {
  for (const status of statuses) {
    const world = await redirected(row, onward(status, 2))
    await conclude(world, { end: 'complete', codes: [] })
  }
  const five = await redirected(row, onward(302, 5))
  await conclude(five, { end: 'complete', codes: [] })
  const loop = await redirected(row, onward(302, Number.POSITIVE_INFINITY))
  expect(loop.requests.length).toBeLessThanOrEqual(row.polls ? 7 : 6)
  await conclude(loop, { end: { told: 'too_many_redirects' }, texts: 0 })
}

/** F19: from another origin only without credentials. */
export async function redirectsElsewhere(row: FaultRow): Promise<void> {
  const target = await openWorld(row)
  const plain = await redirected(row, onward(307, 1, target.server.url))
  await conclude(plain, { end: 'complete', codes: [] })
  await conclude(target, { end: 'idle' })
}

/** F19: never from https to http. */
export async function redirectsToPlain(row: FaultRow): Promise<void> {
  const target = await openWorld(row)
  const secure = await secureServer((request, response) => {
    response.writeHead(302, { location: `${target.server.url}${request.url}` }).end()
  })
  const world = await redirected(row, () => {}, { origin: secure.origin, input: { tls: { ca: secure.certificate } } })
  expect(target.requests).toEqual([])
  await conclude(world, { end: { told: 'redirect_refused' }, texts: 0 })
  await conclude(target, { end: 'idle' })
  await secure.close()
}

/** B65: a credential does not travel. */
export async function credentialsStay(row: FaultRow): Promise<void> {
  const target = await openWorld(row)
  const headers = { authorization: 'Bearer secret' }
  const world = await redirected(row, onward(302, 1, target.server.url), { input: { headers } })
  expect(target.server.exchanges).toEqual([])
  await conclude(world, { end: { told: 'redirect_refused' }, texts: 0 })
  await conclude(target, { end: 'idle' })
}

/** F19 on a WebSocket: a handshake that is redirected is refused, whatever the status. */
export async function redirectedHandshake(row: FaultRow): Promise<void> {
  for (const status of statuses) {
    const world = await redirected(row, onward(status, 1))
    expect(world.requests).toHaveLength(1)
    await conclude(world, { end: { told: 'redirect_refused' }, texts: 0 })
  }
}
