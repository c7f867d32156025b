/**
 * `live=sse`: records as `data` events, each followed by a `control` event with the position behind it.
 *
 * @module
 */

import type { StreamControl } from '../wire/control.ts'
import { HEADERS, SSE_CONTROL, SSE_DATA, SSE_TYPE } from '../wire/names.ts'
import type { HubStream } from './hub/hub-stream.ts'
import type { Page } from './hub/page.ts'
import type { LiveFormat } from './live-format.ts'
import type { Positions } from './positions.ts'
import type { RecordBody } from './stores/store.ts'

/** Native clients all come back after `retry:` milliseconds; a random one spreads them after a mass disconnect. */
const RETRY_MIN_MS = 1_000
const RETRY_MAX_MS = 3_000

/**
 * WebKit keeps the unfinished event of a connection that was reset, and glues what the next connection sends to it: an `id:`
 * of an event that never arrived whole would then count, and a unit be skipped in silence. So the first bytes end a half
 * line (the comment), give what is left over a name that nobody listens to, and state the position.
 */
const SSE_OPENING = 'opening'

export const eventStream: LiveFormat = {
  name: 'sse',
  headers: (stream) => ({
    'Content-Type': SSE_TYPE,
    'Cache-Control': 'no-cache, no-store, no-transform',
    // nginx buffers a proxied answer otherwise; the second is RFC 10036, for every other intermediary.
    'X-Accel-Buffering': 'no',
    Incremental: '?1',
    ...(stream.kind === 'bytes' ? { [HEADERS.sseDataEncoding]: 'base64' } : {}),
  }),
  opening(random, start) {
    const retry = Math.floor(RETRY_MIN_MS + random() * (RETRY_MAX_MS - RETRY_MIN_MS))
    const id = start === null ? '' : `id: ${start}\n`
    return `: statewire\nevent: ${SSE_OPENING}\n${id}retry: ${retry}\n\n`
  },
  pulse: ':\n\n',
  pageSaysUpToDate: true,
  page: (positions, stream, page, cursor) =>
    stream.units.unit('sse', `${page.from}-${page.to}-${page.atTail}-${cursor}`, () =>
      units(positions, stream, page, cursor),
    ),
  control,
}

/** The `id:` makes a native `EventSource` resume; without it every reconnect starts again at the offset in the URL. */
function control(fields: StreamControl): string {
  // A reset must not move the native client's position: it would skip what it has never seen.
  const id = fields.streamReset === undefined ? `id: ${fields.streamNextOffset}\n` : ''
  return `event: ${SSE_CONTROL}\ndata:${JSON.stringify(fields)}\n${id}\n`
}

/**
 * JSON records share one data event, as an array. Text and bytes get one each, because nothing in the event would tell
 * where a record ends.
 */
function units(positions: Positions, stream: HubStream, page: Page, cursor: string): string {
  const position = (seq: number): string =>
    control({
      streamNextOffset: positions.at(stream.head, seq),
      streamCursor: cursor,
      upToDate: page.atTail && seq === page.to ? true : undefined,
    })
  if (stream.kind === 'json') {
    const bodies = page.records.map((record) => record.body)
    return `event: ${SSE_DATA}\ndata:[${bodies.join(',')}]\n\n${position(page.to)}`
  }
  return page.records.map((record) => dataEvent(record.body) + position(record.seq)).join('')
}

/**
 * A line end in a text would end the field, and what follows could forge an event: each line is its own field. A parser
 * takes one space after the colon away, so a line that begins with one gets another; no other does, as in the base protocol.
 */
function dataEvent(body: RecordBody): string {
  const text = typeof body === 'string' ? body : Buffer.from(body).toString('base64')
  const fields = text.split(/\r\n|\r|\n/).map((line) => `data:${line.startsWith(' ') ? ' ' : ''}${line}\n`)
  return `event: ${SSE_DATA}\n${fields.join('')}\n`
}
