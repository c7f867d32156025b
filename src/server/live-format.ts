/**
 * What SSE and NDJSON have to differ in; everything else about a streaming read is the same.
 *
 * @module
 */

import type { StreamControl } from '../wire/control.ts'
import type { HubStream } from './hub/hub-stream.ts'
import type { Page } from './hub/page.ts'
import type { Positions } from './positions.ts'

export interface LiveFormat {
  readonly name: 'sse' | 'ndjson'
  /** Headers beside the standing ones. */
  headers(stream: Pick<HubStream, 'kind'>): Record<string, string>
  /** The first bytes, sent at once: they show the client, and every proxy between, that the stream is there. */
  /** @param start the offset this read starts after; `null` when it cannot start. */
  opening(random: () => number, start: string | null): string
  /** A sign of life. */
  readonly pulse: string
  /** Records with their positions, as one piece. */
  page(positions: Positions, stream: HubStream, page: Page, cursor: string): Buffer
  /** Whether a page at the tail says so itself. */
  readonly pageSaysUpToDate: boolean
  control(control: StreamControl): string
}
