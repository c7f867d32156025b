/**
 * Every transport against every kind of server that will not: no secret of either side comes out anywhere.
 *
 * @module
 */
import { describe, expect, it } from 'vitest'
import { rows, type TransportRow } from '../transports/rows.ts'
import { faults, startHostileServer } from './hostile-server.ts'
import { secretInput, secretPost, withQuery } from './secret-input.ts'
import { isCommon } from './surfaces.ts'
import { connectWatched, watch } from './watched.ts'

/** The row's own options, at the hostile server. */
function inputAt(row: TransportRow, server: string, fault: string): Record<string, unknown> & { readonly url: string } {
  const place = row.type === 'durable' ? 'v1/stream/log' : 'stream'
  const url = `${server}/${fault}/${place}`
  const input = row.input({ id: fault, url: `${server}/${fault}`, socketUrl: url, order: unused, until: unused })
  // Long-polling may call itself connected before the first answer, and then the failure is a loss.
  return { ...input, url, sendUrl: undefined, holdAfter: 5_000 }
}

const unused = (): never => {
  throw new Error('There is no room here.')
}

describe.each(rows)('$name', (row) => {
  it.each(faults)('keeps every secret when the server answers with %s', async (fault) => {
    const { canaries, surfaces } = watch()
    const server = await startHostileServer(canaries)
    const input = inputAt(row, server.url, fault)
    const watched = connectWatched({ canaries, surfaces }, row.logic, {
      ...input,
      ...secretInput(canaries),
      url: withQuery(input.url, canaries),
      maxAttempts: 2,
    })
    await watched.until('error', 'reconnecting', 'closed')
    await watched.finish()

    // The secrets were on the wire, and everybody was listening.
    for (const place of ['query', 'cookie', 'headerFunction'] as const) {
      expect(server.heard()).toContain(canaries[place])
    }
    // The token greets on a socket, which these servers never open.
    expect(server.heard().includes(canaries.header)).toBe(row.name !== 'durable via websocket')
    for (const surface of [
      'log debug',
      'pino',
      'metrics',
      'opentelemetry',
      'emitted closed',
      'inspection',
      'persisted',
    ]) {
      expect(surfaces.count(surface)).toBeGreaterThan(0)
    }
    expect(surfaces.leaks(canaries, isCommon)).toEqual([])
  })
})

it.each(rows.filter(({ type }) => type === 'sse' || type === 'http-stream'))(
  'keeps the body and the idempotency key of a POST over $name',
  async (row) => {
    for (const fault of ['403', '503', 'garbage', 'cut'] as const) {
      const { canaries, surfaces } = watch()
      const server = await startHostileServer(canaries)
      const watched = connectWatched({ canaries, surfaces }, row.logic, {
        ...inputAt(row, server.url, fault),
        ...secretInput(canaries),
        ...secretPost(canaries),
      })
      await watched.until('error', 'reconnecting', 'closed')
      await watched.finish()
      expect(server.heard()).toContain(canaries.body)
      expect(server.heard()).toContain(canaries.idempotencyKey)
      expect(surfaces.leaks(canaries, isCommon)).toEqual([])
    }
  },
)
