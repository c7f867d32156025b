/**
 * `live=ndjson`: one JSON object per line; a record carries its own position.
 *
 * @module
 */

import type { StreamControl } from '../wire/control.ts'
import { NDJSON_TYPE } from '../wire/names.ts'
import type { LiveFormat } from './live-format.ts'
import type { Page, StoredRecord, StreamLog } from './stream-log.ts'

export const ndjson: LiveFormat = {
  headers: () => ({
    'Content-Type': NDJSON_TYPE,
    'Cache-Control': 'no-cache, no-store, no-transform',
    'X-Accel-Buffering': 'no',
    Incremental: '?1',
  }),
  opening: () => '{"k":"p"}\n',
  pulse: '{"k":"p"}\n',
  pageSaysUpToDate: false,
  page: (log, page) => log.units.unit('ndjson', `${page.from}-${page.to}`, () => lines(log, page)),
  control: (fields: StreamControl) => `${JSON.stringify({ k: 'c', ...fields })}\n`,
}

function lines(log: StreamLog, page: Page): string {
  return page.records
    .map((record) => `{"k":"d","o":"${log.offsetAt(record.seq)}",${payloadOf(log, record)}}\n`)
    .join('')
}

/** JSON goes in as it was stored. A stored JSON text never contains a line end. */
function payloadOf(log: StreamLog, record: StoredRecord): string {
  if (typeof record.body !== 'string') return `"b":"${Buffer.from(record.body).toString('base64')}"`
  return log.kind === 'json' ? `"v":${record.body}` : `"t":${JSON.stringify(record.body)}`
}
