/**
 * Every transport through a whole life: a refused credential, messages both ways, a cut, an end. No secret comes out on the way.
 *
 * @module
 */
import { describe, expect, it, onTestFinished } from 'vitest'
import { createTransport, sendOver, type TransportEvents } from '../../src/index.ts'
import { rows } from '../transports/rows.ts'
import { freshRoom, patient } from '../transports/session.ts'
import { secretInput, withQuery } from './secret-input.ts'
import { isCommon } from './surfaces.ts'
import { connectWatched, watch } from './watched.ts'

const unauthorized = { kind: 'refuse', status: 401 } as const

describe.each(rows)('$name', (row) => {
  it('keeps every secret through a refused credential, messages, a cut and a close', async () => {
    const { canaries, surfaces } = watch()
    const room = await freshRoom({ append: [canaries.payloadIn], faults: [unauthorized] })
    const input = row.input(room)
    const watched = connectWatched({ canaries, surfaces }, row.logic, {
      ...input,
      ...secretInput(canaries),
      ...patient,
      url: withQuery(input.url, canaries),
    })
    await watched.untilMessages(1)
    await sendOver(watched.actor, canaries.payloadOut)
    await room.until(({ received }) => received.some(({ body }) => body.includes(canaries.payloadOut)))
    await room.until(({ open }) => open.length > 0)
    await room.order({ cut: true })
    await watched.until('reconnecting')
    watched.clock.increment(600_000)
    await watched.until('connected')
    await watched.finish()

    const { requests } = await room.until(({ open }) => open.length === 0)
    // No page can set a header of a socket: there the token greets, once the socket is open.
    const shown = requests.some(({ headers }) => headers.authorization === `Bearer ${canaries.header}`)
    expect(shown).toBe(row.name !== 'durable via websocket')
    expect(surfaces.count('emitted reconnecting')).toBeGreaterThan(1)
    expect(surfaces.count('log debug')).toBeGreaterThan(10)
    expect(surfaces.leaks(canaries, isCommon)).toEqual([])
  })

  it('keeps every secret behind createTransport, in its events and in what its promises reject with', async () => {
    const { canaries, surfaces } = watch()
    const room = await freshRoom({ append: [canaries.payloadIn], faults: [{ kind: 'refuse', status: 403 }] })
    const input = row.input(room)
    const transport = createTransport(row.type, {
      ...input,
      ...secretInput(canaries),
      ...patient,
      url: withQuery(input.url, canaries),
      backoff: { base: 5, cap: 20 },
    })
    onTestFinished(() => transport.close())
    for (const name of ['connecting', 'connected', 'reconnecting', 'done', 'error', 'closed'] as const) {
      transport.on(name, (payload: TransportEvents[typeof name]) => surfaces.hear(`transport ${name}`, payload))
    }
    const arrived = new Promise((resolve) => transport.once('event', resolve))
    await transport.connect().catch((error: unknown) => surfaces.hear('rejection', error))
    await transport.connect()
    await arrived
    await transport.send(canaries.payloadOut)
    surfaces.hear('transport itself', transport)
    transport.close()
    await transport.send(canaries.payloadOut).catch((error: unknown) => surfaces.hear('rejection', error))
    expect(surfaces.count('rejection')).toBeGreaterThan(1)
    expect(surfaces.count('transport connected')).toBeGreaterThan(0)
    expect(surfaces.leaks(canaries)).toEqual([])
  })
})
