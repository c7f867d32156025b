/**
 * What a transport needs to be put through the faults: its logic, its input, and how a server tells it the log.
 *
 * @module
 */
import type { ConnectionLogic } from '../../src/core.ts'
import type { AcceptOptions, Exchange } from '../../src/testing/server.ts'

export const rowNames = [
  'sse',
  'websocket',
  'http-stream',
  'long-poll',
  'durable sse',
  'durable ndjson',
  'durable long-poll',
  'durable websocket',
] as const

export type RowName = (typeof rowNames)[number]

/** Rows differ in what they take and give; the suite handles both as unknown. */
export type AnyLogic = ConnectionLogic<object>

/** How much of the log an answer tells. */
export interface Telling {
  /** Only the records up to this number, and then nothing more. Default: all, with the protocol's own end. */
  readonly upTo?: number | undefined
  /** How the body of an HTTP answer says its length. */
  readonly framing?: AcceptOptions['framing']
}

export interface FaultRow {
  readonly name: RowName
  readonly logic: AnyLogic
  /** Whether it speaks WebSocket: no HTTP body, no redirect, a status only where the handshake is refused. */
  readonly isSocket: boolean
  /** Whether each answer is a page, and waiting for one is no trouble. */
  readonly polls: boolean
  /** Whether the durable protocol is spoken, so that the server's positions are offsets. */
  readonly isDurable: boolean
  /** @param origin - `http://host:port` */
  input(origin: string): { readonly url: string } & Record<string, unknown>
  /** Answers an exchange with the log from where the client asks. */
  tell(exchange: Exchange, telling?: Telling): Promise<void>
}

/** Where an answer stops, and whether the stream ends there. */
export function bounds({ upTo }: Telling, length: number): { readonly last: number; readonly ends: boolean } {
  return { last: upTo ?? length, ends: upTo === undefined }
}
