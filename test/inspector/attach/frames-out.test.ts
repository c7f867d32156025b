/**
 * What is told of everything that a connection sends, over every protocol and a real server.
 *
 * @module
 */
import { describe, expect, it } from 'vitest'
import { attachInspector, memoryLink } from '../../../inspector/attach/index.ts'
import { sendOver } from '../../../src/core.ts'
import { rows, type TransportRow } from '../../transports/rows.ts'
import { connected, freshRoom, Session } from '../../transports/session.ts'
import { type Inspected, inspected, lookAt, type Told } from './inspected.ts'

const secret = '{"password":"hunter2","text":"hi"}'

function framesOut({ of }: Pick<Inspected, 'of'>): Told<'frame'>[] {
  return of('frame').filter(({ direction }) => direction === 'out')
}

function rowOf(name: string): TransportRow {
  const row = rows.find((each) => each.name === name)
  if (row === undefined) throw new Error(`There is no transport ${name}.`)
  return row
}

const eventSource = rowOf('sse')
const webSocket = rowOf('websocket')

describe.each(rows)('over $name', (row) => {
  it('tells what is sent, with its size, before it tells that it was taken, without its secrets', async () => {
    const room = await freshRoom()
    const session = new Session(row, room)
    const looked = inspected(session.actor)
    looked.viewer.ask({ kind: 'want', contextOf: null, texts: true })
    await session.connect()
    await sendOver(session.actor, secret)
    await expect.poll(() => looked.of('settled')).toHaveLength(1)

    const [frame] = framesOut(looked)
    const isNumbered = row.type === 'durable'
    // A durable stream of JSON has each text as a JSON value.
    const bytes = (isNumbered ? JSON.stringify(secret) : secret).length
    expect(frame).toMatchObject({ what: 'send', bytes, position: null })
    expect(frame?.text).toBe('{"password":"•••• ≤8","text":"hi"}')
    expect(frame?.sequence).toBe(isNumbered ? 0 : undefined)
    expect(looked.last('settled')).toMatchObject({ seq: frame?.seq, actor: frame?.actor, failure: null })
    expect(looked.last('settled').t).toBeGreaterThanOrEqual(frame?.t ?? Number.POSITIVE_INFINITY)
    looked.viewer.ask({ kind: 'payload', seq: frame?.seq ?? -1 })
    expect(looked.last('payload').text).toContain('•••• ≤8')
    expect(JSON.stringify(looked.told)).not.toContain('hunter2')
    expect((await room.until(({ received }) => received.length > 0)).received).toMatchObject([{ body: secret }])
  })
})

it('tells what goes out over a link that was open before anybody looked, and over the next one', async () => {
  const room = await freshRoom()
  const session = await connected(webSocket, room)
  const looked = inspected(session.actor)
  await sendOver(session.actor, 'one')
  await room.order({ cut: true })
  await session.until(({ said }) => said.filter(({ type }) => type === 'connected').length === 2)
  await sendOver(session.actor, 'two')
  expect(framesOut(looked).map(({ bytes, text }) => [bytes, text])).toEqual([
    [3, null],
    [3, null],
  ])
  expect(looked.of('settled').map(({ seq }) => seq)).toEqual(framesOut(looked).map(({ seq }) => seq))
})

it('leaves a connection as it was when nobody looks any more', async () => {
  const room = await freshRoom()
  const session = await connected(webSocket, room)
  const looked = inspected(session.actor)
  await sendOver(session.actor, 'seen')
  looked.viewer.leave()
  await sendOver(session.actor, 'unseen')
  expect(framesOut(looked)).toHaveLength(1)
  expect((await room.until(({ received }) => received.length === 2)).received).toMatchObject([{}, { body: 'unseen' }])
})

it('tells two inspectors, and goes on with one of them when the other leaves', async () => {
  const room = await freshRoom()
  const session = await connected(webSocket, room)
  const one = inspected(session.actor)
  const link = memoryLink()
  const leave = attachInspector(session.actor, { link })
  const other = lookAt(link)
  await sendOver(session.actor, 'both')
  leave()
  await sendOver(session.actor, 'one')
  expect([framesOut(one).length, framesOut(other).length]).toEqual([2, 1])
})

it('tells why something was not sent', async () => {
  const room = await freshRoom()
  await room.order({ sendFaults: [{ kind: 'refuse', status: 422 }] })
  const session = await connected(eventSource, room)
  const looked = inspected(session.actor)
  await expect(sendOver(session.actor, 'no')).rejects.toMatchObject({ code: 'send_failed' })
  expect(looked.last('settled')).toMatchObject({ seq: framesOut(looked)[0]?.seq, failure: 'send_failed' })
})

it('counts what is too much, sends it all the same, and settles only what was told', async () => {
  const room = await freshRoom()
  const session = await connected(webSocket, room, { outbox: { messages: 5_000 } })
  const looked = inspected(session.actor)
  await Promise.all(Array.from({ length: 2_500 }, (_, index) => sendOver(session.actor, `${index}`)))
  expect([framesOut(looked).length, looked.of('settled').length]).toEqual([2_000, 2_000])
  await looked.clock.advance(500)
  expect(looked.last('dropped').count).toBe(500)
  await room.until(({ received }) => received.length === 2_500)
})

it('tells the address, the protocol and the patience of a connection, again when the protocol is known', async () => {
  const room = await freshRoom()
  const url = `${webSocket.input(room).url}?token=hunter2`
  const session = new Session(webSocket, room, { url, maxAttempts: 8 })
  const looked = inspected(session.actor)
  const connectionOf = () => looked.of('actor').filter(({ connection }) => connection !== undefined)
  expect(looked.last('actor').connection).toMatchObject({ protocol: null, maxAttempts: 8 })
  expect(looked.last('actor').connection?.url).toContain('token=••••')
  await session.connect()
  await looked.clock.advance(5_000)
  expect(connectionOf().map(({ connection }) => connection?.protocol)).toEqual([null, 'websocket'])
  expect(JSON.stringify(looked.told)).not.toContain('hunter2')
})
