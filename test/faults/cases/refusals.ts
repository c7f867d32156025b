/**
 * Servers and proxies that answer, but not with a stream: statuses, pages, pauses, redirects.
 *
 * @module
 */
import { expect } from 'vitest'
import { refuse, respond } from '../../../src/testing/server.ts'
import { conclude } from '../oracle.ts'
import type { FaultRow } from '../row.ts'
import { type AttemptStep, openWorld } from '../world.ts'
import { begins, begun } from './silence.ts'

/** Two records, then the connection is cut. */
export const beginsAndBreaks: AttemptStep = async (exchange, world) => {
  await begins(exchange, world)
  // A poll that is held is cut by the server as well.
  await exchange.reset()
}

/** F13: pages of a proxy in trouble, at first and in mid-life. */
export async function proxyPages(row: FaultRow): Promise<void> {
  const pages = [502, 503, 504].map((status) => refuse(status, { html: true }))
  const world = await openWorld(row, { attempts: [...pages, beginsAndBreaks, ...pages] })
  await world.connect().untilStage('closed')
  expect(world.codes.filter((code) => code === 'http_status')).toHaveLength(6)
  await conclude(world, { end: 'complete' })
}

/** The retry budget, whatever the server does: the jitter of a hostile wish is 0, so that only the budget holds back. */
export async function refusedForFiveMinutes(row: FaultRow): Promise<void> {
  const attempts = Array.from({ length: 400 }, () => refuse(503))
  const world = await openWorld(row, { attempts, input: { random: () => 0 } })
  world.connect()
  await world.until(() => world.clock.now() > 300_000)
  expect(world.requests.length).toBeGreaterThan(100)
  await conclude(world, { end: 'trying' })
}

const portal = respond({ headers: { 'content-type': 'text/html' }, body: '<!doctype html><h1>Log in</h1>' })

/** F14: a captive portal is a wrong address at first, and passes by itself where a stream has been. */
export async function captivePortal(row: FaultRow): Promise<void> {
  const first = await openWorld(row, { attempts: [portal], stepsTakeHeads: true })
  await first.connect().untilStage('error')
  expect(first.requests.length).toBeLessThanOrEqual(row.polls ? 2 : 1)
  const code = row.isSocket ? 'http_status' : 'unexpected_content_type'
  await conclude(first, { end: { told: code }, codes: [code], texts: 0 })

  const later = await begun(row, { attempts: [begins, portal, portal] })
  await later.exchange.reset()
  await later.until(() => later.stage === 'closed' || later.stage === 'error')
  await conclude(later, { end: 'complete', codes: ['network', code, code] })
}

/** F15. */
export async function noContent(row: FaultRow): Promise<void> {
  const first = await openWorld(row, { attempts: [refuse(204)] })
  await first.connect().untilStage('closed')
  expect(first.requests).toHaveLength(1)
  await conclude(first, { end: 'complete', texts: 0, codes: [] })

  const later = await begun(row, { attempts: [begins, refuse(204)] })
  await later.exchange.reset()
  await later.untilStage('closed')
  expect(later.requests).toHaveLength(2)
  await conclude(later, { end: 'complete', texts: 2, codes: ['network'] })
}

/** F16: a credential that expired in mid-life. */
export async function unauthorized(row: FaultRow): Promise<void> {
  let renewals = 0
  const authorize = async (): Promise<void> => void renewals++
  const renewed = await begun(row, { attempts: [begins, refuse(401)], input: { authorize } })
  await renewed.exchange.reset()
  await renewed.untilStage('closed')
  expect(renewals).toBe(1)
  expect(renewed.history.filter((stage) => stage === 'authorizing')).toHaveLength(1)
  await conclude(renewed, { end: 'complete', codes: ['network', 'http_status'] })

  const refused = await begun(row, { attempts: [begins, refuse(401), refuse(401)], input: { authorize } })
  await refused.exchange.reset()
  await refused.untilStage('error')
  expect(renewals).toBe(2)
  await conclude(refused, { end: { told: 'http_status' }, texts: 2 })
}

/** F16: two streams that are refused together ask once. */
export async function sharedRenewal(row: FaultRow): Promise<void> {
  const held: (() => void)[] = []
  const authorize = (): Promise<void> => new Promise((resolve) => held.push(resolve))
  const open = () => begun(row, { attempts: [begins, refuse(401)], input: { authorize } })
  const worlds = [await open(), await open()]
  for (const world of worlds) await world.exchange.reset()
  for (const world of worlds) await world.untilStage('authorizing')
  expect(held).toHaveLength(1)
  for (const release of held) release()
  for (const world of worlds) {
    await world.untilStage('closed')
    await conclude(world, { end: 'complete' })
  }
}

/** What a server may write into `Retry-After`, and the least and the most that comes of it. The jitter here is 250 ms. */
const pauses: readonly (readonly [number | Date | string | undefined, number, number])[] = [
  [7, 7_250, 7_250],
  [new Date(Date.now() + 3_600_000), 600_250, 600_250],
  [undefined, 250, 250],
  ['999999999999', 600_250, 600_250],
  ['soon', 250, 250],
  ['-1', 250, 250],
  ['1.5', 250, 250],
  ['1e3', 250, 250],
  [new Date(0), 250, 250],
]

/** F18. */
export async function retryAfter(row: FaultRow): Promise<void> {
  // A date has whole seconds.
  const soon: (typeof pauses)[number] = [new Date(Date.now() + 60_000), 55_000, 60_250]
  for (const [value, least, most] of [...pauses, soon]) {
    const attempts = [refuse(429, { retryAfter: value })]
    const world = await openWorld(row, { attempts, input: { random: () => 0.5 } })
    await world.connect().untilStage('closed')
    const [{ delay } = { delay: -1 }] = world.all('reconnecting')
    expect(delay, `Retry-After: ${value}`).toBeGreaterThanOrEqual(least)
    expect(delay, `Retry-After: ${value}`).toBeLessThanOrEqual(most)
    await conclude(world, { end: 'complete', codes: ['http_status'] })
  }
}

/** B64: pauses an event stream wishes for. */
export async function wishedPauses(row: FaultRow): Promise<void> {
  for (const [retry, delay] of [
    ['999999999999', 600_250],
    ['-1', 250],
    ['1e3', 250],
    ['1000', 1_250],
  ] as const) {
    const wishes: AttemptStep = async (exchange, world) => {
      await begins(exchange, world)
      await exchange.send({ retry })
      await exchange.send({ comment: 'heard' })
      await exchange.finish()
    }
    const world = await openWorld(row, { attempts: [wishes], input: { random: () => 0.5 } })
    await world.connect().untilStage('closed')
    expect(
      world.all('reconnecting').map((event) => event.delay),
      `retry: ${retry}`,
    ).toEqual([delay])
    await conclude(world, { end: 'complete' })
  }
}
