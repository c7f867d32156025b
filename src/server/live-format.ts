/**
 * What SSE and NDJSON have to differ in; everything else about a streaming read is the same.
 *
 * @module
 */

import type { StreamControl } from '../wire/control.ts'
import type { Page, StreamLog } from './stream-log.ts'

export interface LiveFormat {
  /** Headers beside the standing ones. */
  headers(log: StreamLog): Record<string, string>
  /** The first bytes, sent at once: they show the client, and every proxy between, that the stream is there. */
  opening(random: () => number): string
  /** A sign of life. */
  readonly pulse: string
  /** Records with their positions, as one piece. */
  page(log: StreamLog, page: Page, cursor: string): Buffer
  /** Whether a page at the tail says so itself. */
  readonly pageSaysUpToDate: boolean
  control(control: StreamControl): string
}
