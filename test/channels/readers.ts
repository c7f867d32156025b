/**
 * Connections that share sockets, against a real server that counts them.
 *
 * @module
 */
import { onTestFinished } from 'vitest'
import { createActor } from 'xstate'
import { type DurableInput, durableConnection, sendOver } from '../../src/durable.ts'
import { mountServer } from '../../src/server/testing/rig.ts'
import { settle } from '../../src/testing/settle.ts'
import { createSocketPool, type SocketPool } from '../../src/transports/durable-socket-pool.ts'

/** One connection, and everything it has heard. */
export interface Reader {
  readonly name: string
  readonly heard: unknown[]
  readonly state: () => string
  connect(): void
  pause(): void
  resume(): void
  close(): void
  send(data: unknown): Promise<void>
}

export interface Channels {
  readonly server: Awaited<ReturnType<typeof mountServer>>['server']
  readonly sockets: SocketPool
  /** Sockets that were ever opened, as the server counts them. */
  readonly opened: () => number
  /** Sockets that are open, as the server counts them. */
  readonly open: () => number
  /** Cuts every socket as a broken line would. */
  cut(): void
  reader(name: string, input?: Partial<DurableInput> & { heartbeatInterval?: number }): Reader
}

/** A server and a pool; all readers are closed when the test is over. */
export async function channels({
  linger,
  ...options
}: Parameters<typeof mountServer>[0] & { linger?: number } = {}): Promise<Channels> {
  const rig = await mountServer({ retention: { bytes: 256 * 1024 * 1024, records: 100_000 }, ...options })
  const sockets = createSocketPool({ linger })
  return {
    server: rig.server,
    sockets,
    opened: () => rig.sockets.length,
    open: () => rig.server.connections,
    cut() {
      for (const socket of rig.sockets) socket.destroy()
    },
    reader(name, input = {}) {
      const url = `${rig.url}/v1/stream/${name}`
      const backoff = { base: 5, cap: 20 }
      const actor = createActor(durableConnection, {
        input: { url, via: 'websocket', sockets, backoff, retryBudget: 1e6, ...input },
      })
      const heard: unknown[] = []
      actor.on('message', ({ message }) => void heard.push(message.data))
      actor.start()
      actor.send({ type: 'connect' })
      onTestFinished(() => void actor.stop())
      return {
        name,
        heard,
        state: () => {
          const { value } = actor.getSnapshot()
          return typeof value === 'string' ? value : (Object.keys(value)[0] ?? '')
        },
        connect: () => actor.send({ type: 'connect' }),
        pause: () => actor.send({ type: 'pause' }),
        resume: () => actor.send({ type: 'resume' }),
        close: () => actor.send({ type: 'close' }),
        send: (data) => sendOver(actor, data),
      }
    },
  }
}

/** Resolves when each has heard so much. */
export async function haveHeard(readers: readonly Reader[], count: number): Promise<void> {
  await settle(() => readers.every(({ heard }) => heard.length >= count), {
    timeout: 15_000,
    describe: () => readers.map(({ name, heard, state }) => `${name}: ${heard.length} ${state()}`).join(', '),
  })
}

/** The whole numbers from 1 on. */
export function counted(to: number): number[] {
  return Array.from({ length: to }, (_, index) => index + 1)
}
