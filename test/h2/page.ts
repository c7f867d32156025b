/**
 * What runs inside the page: the real library, and a few errands that the test sends it on.
 *
 * @module
 */
import { type AnyActorLogic, createActor } from 'xstate'
import { durableConnection } from '../../src/durable.ts'
import { httpStreamConnection } from '../../src/http-stream.ts'
import { sseConnection } from '../../src/sse.ts'
import { openRoom } from '../rigs/room-client.ts'

/** The errands, as the test sees them. */
export interface Errands {
  /** Receives so many messages over each of these, all open at once, and closes them. */
  receive(wishes: readonly Wish[], count: number): Promise<readonly (readonly unknown[])[]>
  /** Uploads a stream that waits, after each piece, until the server has it; resolves with the state at the end. */
  upload(room: string, pieces: readonly string[]): Promise<string>
  /** What the browser says the page itself came over. */
  nextHopProtocol(): string
}

/** One connection. */
export interface Wish {
  readonly transport: 'sse' | 'ndjson' | 'durable'
  readonly input: { readonly url: string; readonly via?: string }
}

declare global {
  var errands: Errands
}

const logics: Readonly<Record<Wish['transport'], AnyActorLogic>> = {
  sse: sseConnection,
  ndjson: httpStreamConnection,
  durable: durableConnection,
}

globalThis.errands = {
  receive: (wishes, count) => Promise.all(wishes.map((wish) => receive(wish, count))),

  async upload(name, pieces) {
    const room = openRoom(location.origin, location.origin, name)
    const rest = [...pieces]
    let sent = 0
    const body = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          await room.until(({ uploaded }) => uploaded === sent)
          const piece = rest.shift()
          if (piece === undefined) return controller.close()
          const bytes = new TextEncoder().encode(piece)
          sent += bytes.length
          controller.enqueue(bytes)
        },
      },
      { highWaterMark: 0 },
    )
    const actor = createActor(httpStreamConnection, { input: { url: `${room.url}/in`, body } }).start()
    return new Promise((resolve) => {
      actor.on('error', ({ error }) => resolve(error.message))
      actor.on('done', () => resolve('done'))
      actor.send({ type: 'connect' })
    })
  },

  nextHopProtocol() {
    const [entry] = performance.getEntriesByType('navigation')
    return entry instanceof PerformanceNavigationTiming ? entry.nextHopProtocol : ''
  },
}

function receive({ transport, input }: Wish, count: number): Promise<readonly unknown[]> {
  const actor = createActor(logics[transport], { input }).start()
  const messages: unknown[] = []
  return new Promise((resolve, reject) => {
    actor.on('*', (event: { type: string; message?: { data: unknown }; error?: Error }) => {
      if (event.type === 'error') reject(event.error)
      if (event.type !== 'message') return
      messages.push(event.message?.data)
      if (messages.length < count) return
      actor.send({ type: 'close' })
      resolve(messages)
    })
    actor.send({ type: 'connect' })
  })
}
