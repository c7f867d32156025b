/**
 * This library: one durable connection that reads a stream and writes to it, over one carrier or over all of them.
 *
 * @module
 */
import { createActor } from 'xstate'
import { stateOf } from '../../../machines/connection.ts'
import { durableConnection, sendOver } from '../../../src/durable.ts'
import type { DurableInput } from '../../../src/transports/durable-input.ts'
import type { Contender, ContenderClient, Ears } from '../contender.ts'
import { serveStream, streamUrl } from './stream-server.ts'

export function ours(via: NonNullable<DurableInput['via']>): Contender {
  return {
    name: `statewire, ${via}`,
    reads: true,
    writes: true,
    echoes: true,
    watchful: true,
    serve: serveStream,
    connect: async (url, ears, random) => connectOurs({ url: streamUrl(url), via }, ears, random),
  }
}

/** A client that can be told of what happens to its machine. */
export interface OurClient extends ContenderClient {
  /** The machine woke up: it doubts its link, and looks for a better one. */
  wake(): void
}

export function connectOurs(input: DurableInput, ears: Ears, random: () => number): OurClient {
  const actor = createActor(durableConnection, {
    input: {
      ...input,
      // The least that is honoured: a dead connection is noticed in 2 s.
      heartbeatInterval: 1_000,
      // Hundreds of cuts a minute are not what the defaults are for.
      backoff: { base: 5, cap: 20 },
      stableAfter: 20,
      retryBudget: 1_000_000,
      random,
      environment: false,
    },
  })
  actor.on('message', ({ message }) => ears.read(message.data))
  actor.subscribe((snapshot) => {
    if (stateOf(snapshot) !== 'error') return
    const why = String(snapshot.context.failure)
    ears.died('down', why)
    ears.died('up', why)
  })
  actor.start()
  actor.send({ type: 'connect' })
  return {
    send: (record) => sendOver(actor, record),
    close() {
      actor.send({ type: 'close' })
      actor.stop()
    },
    wake: () => actor.send({ type: 'page.wake' }),
  }
}
