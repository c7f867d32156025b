/**
 * A real WebSocket server that sends consecutive numbers, and a dial that gives each number its position: the smallest
 * protocol in which losing or repeating a message shows.
 *
 * @module
 */
import { onTestFinished } from 'vitest'
import { type ActorOptions, type AnyActorLogic, createActor, SimulatedClock, waitFor } from 'xstate'
import { type ConnectionState, stateOf } from '../../machines/connection.ts'
import { connection } from '../../src/connection/connection.ts'
import type { ConnectionActor, ConnectionLogic } from '../../src/connection/logic.ts'
import type { Dial, Link, Message } from '../../src/link.ts'
import { type WebSocketInput, webSocket } from '../../src/transports/websocket.ts'
import { socketServer, until } from '../../src/transports/websocket-rig.ts'

/** Wraps a link so that each number is its own position. */
export function positioned(link: Link): Link {
  return {
    ...link,
    read: (deliver) => link.read((item) => deliver({ data: item.data, position: String(item.data) } as Message)),
  }
}

/** Numbers after the last position. */
export const numbers: Dial<WebSocketInput> = async (input, request) => {
  return positioned(await webSocket({ ...input, query: { after: request.position ?? '0' } }, request))
}

export const numbersConnection = connection(numbers)

/** Sends 1, 2, 3 … as far as `append` was called, to each client from the number after its `after`. */
export async function numberServer() {
  let last = 0
  const received: string[] = []
  const afters: number[] = []
  const server = await socketServer((socket, request) => {
    const after = Number(new URL(request.url ?? '/', 'http://host').searchParams.get('after'))
    afters.push(after)
    for (let number = after + 1; number <= last; number++) socket.send(String(number))
    socket.on('message', (data) => received.push(String(data)))
  })
  onTestFinished(server.close)
  const living = () => server.connections.filter((socket) => socket.readyState === socket.OPEN)
  return {
    url: server.url,
    /** What clients sent, in order of arrival. */
    received,
    /** The position each connection asked for. */
    afters,
    living,
    append(count: number): void {
      for (const end = last + count; last < end; ) {
        last += 1
        for (const socket of living()) socket.send(String(last))
      }
    },
    /** Cuts the line without a closing handshake. */
    cut(): void {
      for (const socket of living()) socket.terminate()
    },
    /** Resolves when so many sockets are open here. */
    hasOpen: (count: number) => until(() => living().length === count),
  }
}

interface StartOptions extends ActorOptions<AnyActorLogic> {
  readonly logic?: ConnectionLogic<WebSocketInput> | undefined
}

/** A started actor on a simulated clock, what it received and what it said. */
export function start(
  input: Parameters<typeof createActor<ConnectionLogic<WebSocketInput>>>[1]['input'],
  options: StartOptions = {},
) {
  const clock = new SimulatedClock()
  const logic = options.logic ?? (numbersConnection as ConnectionLogic<WebSocketInput>)
  const actor = createActor(logic, { ...options, input, clock } as never) as ConnectionActor<WebSocketInput>
  const received: unknown[] = []
  const said: string[] = []
  actor.on('message', ({ message }) => received.push(message.data))
  actor.on('*', (event) => {
    if (event.type !== 'message') said.push(event.type)
  })
  onTestFinished(() => void actor.stop())
  actor.start()
  return {
    actor,
    clock,
    received,
    said,
    reaches: (state: ConnectionState) => reaches(actor, state),
    has: (count: number) => until(() => received.length >= count),
  }
}

export function reaches(actor: ConnectionActor<WebSocketInput>, state: ConnectionState) {
  return waitFor(actor, (snapshot) => stateOf(snapshot) === state)
}

/** The numbers from 1 to `count` as the server sends them. */
export function upTo(count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(index + 1))
}
