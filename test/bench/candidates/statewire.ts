/**
 * Ours, as a user writes it. Everything is imported late, so that the bare loops run in a process without it.
 *
 * @module
 */
import type { Receive } from '../candidates.ts'
import type { Protocol } from '../protocols.ts'

/** The connection chart running, messages as parsed objects. */
export function actorOf(protocol: Protocol): Receive {
  let logic: ReturnType<typeof logicOf> | undefined
  return async (url, take) => {
    const { createActor } = await import('xstate')
    // Logic is a constant of the app; made per connection it would be weighed with each.
    logic ??= logicOf(protocol)
    const actor = createActor(await logic, { input: { url } })
    actor.on('message', ({ message }) => take(message.data))
    actor.start().send({ type: 'connect' })
  }
}

async function logicOf(protocol: Protocol) {
  if (protocol === 'websocket') {
    const { connection, json, webSocket } = await import('../../../src/websocket.ts')
    return connection(webSocket, { codec: json })
  }
  if (protocol === 'sse') {
    const { connection, json, sse } = await import('../../../src/sse.ts')
    return connection(sse, { codec: json })
  }
  const { connection, httpStream, json } = await import('../../../src/http-stream.ts')
  return connection(httpStream, { codec: json })
}

/** The plain face over the same chart. */
export function transportOf(protocol: Protocol): Receive {
  return async (url, take) => {
    const { createTransport } = await import('../../../src/transport/create-transport.ts')
    const { json } = await import('../../../src/codecs/codec.ts')
    const transport = createTransport(protocol === 'ndjson' ? 'http-stream' : protocol, { url, codec: json })
    transport.on('event', (message) => take(message.data))
    await transport.connect()
  }
}

/** Records with positions out of our own server, which here has to frame them while it sends. */
export function durableActorOf(via: Protocol): Receive {
  return async (url, take) => {
    const { createActor } = await import('xstate')
    const { durableConnection } = await import('../../../src/durable.ts')
    const actor = createActor(durableConnection, { input: { url, via } })
    actor.on('message', ({ message }) => take(message.data))
    actor.start().send({ type: 'connect' })
  }
}
