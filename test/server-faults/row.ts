/**
 * The ways to read a stream of the server.
 *
 * @module
 */
import type { DurableVia } from '../../src/transports/durable-input.ts'

export interface ReadingRow {
  readonly via: DurableVia
  /** Each answer is a page: the server holds nothing open that could lag. */
  readonly polls: boolean
  readonly isSocket: boolean
}

export const readingRows: readonly ReadingRow[] = [
  { via: 'sse', polls: false, isSocket: false },
  { via: 'ndjson', polls: false, isSocket: false },
  { via: 'long-poll', polls: true, isSocket: false },
  { via: 'websocket', polls: false, isSocket: true },
]
