/**
 * Who is measured: ours, what somebody writes by hand, and the least that Node can do. Names only, so that a client process does not
 * load a server.
 *
 * @module
 */
import { type Dialogue, plainEventStream, plainSocket, socketIo, streamEvents, streamSocket } from './dialogues.ts'

export type Family = 'websocket' | 'sse'

/** One row of the table. */
export interface Contender {
  readonly name: string
  readonly family: Family
  /**
   * `floor`: prepared bytes written to bare sockets, nothing can be cheaper. `twin`: the floor once more, which shows what this
   * machine cannot tell apart today. `plain`: the library or loop that people use.
   */
  readonly role: 'floor' | 'twin' | 'plain' | 'judged' | 'other'
  /** The module of `hosts/` and what it is asked for. */
  readonly host: HostName
  readonly dialogue: Dialogue
}

export type HostName = 'prepared frames' | 'prepared events' | 'ws' | 'node:http' | 'socket.io' | 'statewire'

export const contenders: readonly Contender[] = [
  row('upgrade + prepared frame', 'websocket', 'floor', 'prepared frames', plainSocket),
  row('upgrade + prepared frame, twin', 'websocket', 'twin', 'prepared frames', plainSocket),
  row('ws', 'websocket', 'plain', 'ws', plainSocket),
  row('socket.io', 'websocket', 'other', 'socket.io', socketIo),
  row('statewire WebSocket', 'websocket', 'judged', 'statewire', streamSocket),
  row('node:http + prepared chunk', 'sse', 'floor', 'prepared events', plainEventStream),
  row('node:http + prepared chunk, twin', 'sse', 'twin', 'prepared events', plainEventStream),
  row('node:http', 'sse', 'plain', 'node:http', plainEventStream),
  row('statewire SSE', 'sse', 'judged', 'statewire', streamEvents),
]

function row(name: string, family: Family, role: Contender['role'], host: HostName, dialogue: Dialogue): Contender {
  return { name, family, role, host, dialogue }
}

/** @throws Error when nobody has this name. */
export function contenderNamed(name: string): Contender {
  const found = contenders.find((contender) => contender.name === name)
  if (found === undefined) throw new Error(`Nobody is called ${name}.`)
  return found
}
