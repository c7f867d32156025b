/**
 * The servers behind the names. Each is imported late: a process holds only the one it is measured with.
 *
 * @module
 */
import { contenderNamed, type HostName } from '../contenders.ts'

/** A server that listens. */
export interface OpenHost {
  readonly port: number
  /** Sends each connection these records, JSON texts, together. */
  send(texts: readonly string[]): unknown
}

const openers: Readonly<Record<HostName, () => Promise<OpenHost>>> = {
  'prepared frames': async () => (await import('./prepared.ts')).preparedFrames(),
  'prepared events': async () => (await import('./prepared.ts')).preparedEvents(),
  ws: async () => (await import('./plain.ts')).plainWebSockets(),
  'node:http': async () => (await import('./plain.ts')).plainEventStreams(),
  'socket.io': async () => (await import('./socket-io.ts')).socketIoServer(),
  statewire: async () => (await import('./statewire.ts')).streamServer(),
}

/** Opens the server of a contender on any free port of this machine. */
export function openHost(contender: string): Promise<OpenHost> {
  return openers[contenderNamed(contender).host]()
}
