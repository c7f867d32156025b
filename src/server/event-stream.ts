/**
 * `live=sse`: records as `data` events, each followed by a `control` event with the position behind it.
 *
 * @module
 */

import type { StreamControl } from '../wire/control.ts'
import { HEADERS, SSE_CONTROL, SSE_DATA, SSE_TYPE } from '../wire/names.ts'
import type { LiveFormat } from './live-format.ts'
import type { Page, RecordBody, StreamLog } from './stream-log.ts'

/** Native clients all come back after `retry:` milliseconds; a random one spreads them after a mass disconnect. */
const RETRY_MIN_MS = 1_000
const RETRY_MAX_MS = 3_000

export const eventStream: LiveFormat = {
  headers: (log) => ({
    'Content-Type': SSE_TYPE,
    'Cache-Control': 'no-cache, no-store, no-transform',
    // nginx buffers a proxied answer otherwise; the second is RFC 10036, for every other intermediary.
    'X-Accel-Buffering': 'no',
    Incremental: '?1',
    ...(log.kind === 'bytes' ? { [HEADERS.sseDataEncoding]: 'base64' } : {}),
  }),
  opening: (random) => `: statewire\nretry: ${Math.floor(RETRY_MIN_MS + random() * (RETRY_MAX_MS - RETRY_MIN_MS))}\n\n`,
  pulse: ':\n\n',
  pageSaysUpToDate: true,
  page: (log, page, cursor) =>
    log.units.unit('sse', `${page.from}-${page.to}-${page.atTail}-${cursor}`, () => units(log, page, cursor)),
  control,
}

/** The `id:` makes a native `EventSource` resume; without it every reconnect starts again at the offset in the URL. */
function control(fields: StreamControl): string {
  // A reset must not move the native client's position: it would skip what it has never seen.
  const id = fields.streamReset === undefined ? `id: ${fields.streamNextOffset}\n` : ''
  return `event: ${SSE_CONTROL}\n${id}data: ${JSON.stringify(fields)}\n\n`
}

/**
 * JSON records share one data event, as an array. Text and bytes get one each, because nothing in the event would tell
 * where a record ends.
 */
function units(log: StreamLog, page: Page, cursor: string): string {
  const position = (seq: number): string =>
    control({
      streamNextOffset: log.offsetAt(seq),
      streamCursor: cursor,
      upToDate: page.atTail && seq === page.to ? true : undefined,
    })
  if (log.kind === 'json') {
    const bodies = page.records.map((record) => record.body)
    return `event: ${SSE_DATA}\ndata: [${bodies.join(',')}]\n\n${position(page.to)}`
  }
  return page.records.map((record) => dataEvent(record.body) + position(record.seq)).join('')
}

/** A line end in a text would end the field, and what follows could forge an event: each line is its own field. */
function dataEvent(body: RecordBody): string {
  const text = typeof body === 'string' ? body : Buffer.from(body).toString('base64')
  const fields = text.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`)
  return `event: ${SSE_DATA}\n${fields.join('')}\n`
}
