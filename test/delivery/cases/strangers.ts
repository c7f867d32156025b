/**
 * Producers of somebody else, and servers that are none of ours: bad input.
 *
 * @module
 */
import { createServer, type RequestListener } from 'node:http'
import { expect, onTestFinished } from 'vitest'
import { WebSocketServer } from 'ws'
import { fileOutbox } from '../../../src/producer/file-outbox.ts'
import { freshDirectory } from '../../../src/producer/file-outbox-rig.ts'
import { shapedStore } from '../../../src/server/testing/shaped-store.ts'
import { simulatedClock } from '../../../src/testing/clock.ts'
import { settle } from '../../../src/testing/settle.ts'
import { listening } from '../../../src/transports/websocket-rig.ts'
import { WEBSOCKET_PROTOCOL } from '../../../src/wire/names.ts'
import type { ReadingRow } from '../../server-faults/row.ts'
import { openStage } from '../../server-faults/stage.ts'
import { Client, SOON } from '../client.ts'
import { expectBaseline, expectLog, expectQuiet, logOf, sentRecords } from '../oracle.ts'
import { watched } from '../storage.ts'

/** Ten minutes, in milliseconds. */
const LONG = 600_000

/** A token that was taken from somebody else: its producer is not to be had, which is said once and asked no more. */
export async function ownedBySomebodyElse({ via }: ReadingRow): Promise<void> {
  let appends = 0
  const store = shapedStore({
    before(operation) {
      if (operation === 'append') appends += 1
      return undefined
    },
  })
  const stage = await openStage({
    allowAnonymous: false,
    authenticate: ({ token }) => (token === null ? null : { id: token }),
    store: () => store,
  })
  const as = (name: string) => ({ via, headers: { authorization: `Bearer ${name}` } })
  const alice = new Client(stage.at(), as('alice-hunter2'))
  alice.send(...sentRecords(1, 5))
  await alice.untilSettled()

  const storage = watched()
  const mallory = new Client(stage.at(), { ...as('mallory-hunter2'), producer: { storage }, resume: alice.token })
  mallory.send(...sentRecords(101, 105))
  await mallory.untilSettled()
  const asked = appends
  await mallory.live(LONG)
  mallory.send(...sentRecords(106, 107))
  await mallory.untilSettled()
  expect(mallory.outcomes).toEqual(Array(7).fill('producer_owned'))
  expect(mallory.codes).toEqual(['producer_owned'])
  expect(appends).toBe(asked)
  expect(storage.calls.filter((call) => /acknowledge|renumber/.test(call))).toEqual([])
  for (const error of [...mallory.failures, ...mallory.refusals]) {
    const shown = `${error.message} ${JSON.stringify(error)}`
    expect(shown).not.toMatch(/hunter2|alice/)
    expect(shown).not.toContain(alice.token.producer?.id)
  }
  expect(mallory.state).toBe('connected')

  alice.send(...sentRecords(6, 9))
  await alice.untilSettled()
  expect(alice.outcomes).toEqual(Array(9).fill('stored'))
  expect(await logOf(stage)).toEqual(sentRecords(1, 9))
  await expectLog(stage, alice)
  expect(mallory.token.position).toBe(alice.token.position)
  await expectBaseline(stage, alice, mallory)
}

interface Stranger {
  readonly url: string
  readonly asked: string[]
}

/** A server that answers everything with the same, and shakes hands with whoever asks for a WebSocket. */
async function stranger(answer: RequestListener, hello: string): Promise<Stranger> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.method ?? '')
    request.resume()
    answer(request, response)
  })
  const sockets = new WebSocketServer({ server, handleProtocols: () => WEBSOCKET_PROTOCOL })
  sockets.on('connection', (socket) => {
    asked.push('socket')
    socket.on('error', () => {})
    socket.send(hello)
  })
  const { origin, close } = await listening(server)
  onTestFinished(async () => {
    for (const socket of sockets.clients) socket.terminate()
    await close()
  })
  return { url: `http://${origin}/v1/stream/log`, asked }
}

const answers: readonly (readonly [type: string, body: string])[] = [
  ['application/json', '[{"hunter2":1},{"hunter2":2}]'],
  ['text/event-stream', 'data: hunter2\n\nevent: hunter2\ndata: 2\n\n'],
  ['application/x-ndjson', '{"hunter2":1}\n{"hunter2":2}\n'],
]

/** Not a stream server, though it answers: said once, nothing read, nothing sent, and the outbox as it was. */
export async function noStreamServer({ via }: ReadingRow): Promise<void> {
  for (const [type, body] of answers) {
    const { url, asked } = await stranger(
      (_request, response) => response.writeHead(200, { 'content-type': type }).end(body),
      body,
    )
    const storage = watched(fileOutbox(freshDirectory(), { clock: simulatedClock() }))
    const client = new Client(url, { via, producer: { storage } })
    client.send(...sentRecords(1, 3))
    await client.untilState('error')
    await client.live(LONG)
    expect(['not_a_stream_server', 'unexpected_content_type'], type).toContain(client.codes[0])
    expect(client.codes, type).toHaveLength(1)
    expect(client.records, type).toEqual([])
    expect(asked.length, type).toBeLessThan(4)
    expect(asked, type).not.toContain('POST')
    expect(`${client.failures[0]?.message} ${JSON.stringify(client.failures[0])}`).not.toContain('hunter2')
    await client.until(() => storage.calls.includes('put 0'))
    client.close()
    await client.untilSettled()
    expect(client.outcomes, type).toEqual(Array(3).fill('send_unconfirmed'))
    await settle(() => storage.held.size === 0, SOON)
    expect(storage.calls, type).toEqual(['claim', 'put 0', 'release'])
    const { origin, pathname } = new URL(url)
    const left = await storage.claim(origin + pathname)
    expect(
      left.batches.flatMap(({ records }) => records),
      type,
    ).toHaveLength(3)
    await left.release()
    await expectQuiet(client)
  }
}
