/**
 * `live=ndjson`: one JSON object per line; a record carries its own position.
 *
 * @module
 */

import type { StreamControl } from '../wire/control.ts'
import { NDJSON_TYPE } from '../wire/names.ts'
import type { HubStream } from './hub/hub-stream.ts'
import type { Page } from './hub/page.ts'
import type { LiveFormat } from './live-format.ts'
import type { Positions } from './positions.ts'
import type { StoredRecord } from './stores/store.ts'

export const ndjson: LiveFormat = {
  name: 'ndjson',
  headers: () => ({
    'Content-Type': NDJSON_TYPE,
    'Cache-Control': 'no-cache, no-store, no-transform',
    'X-Accel-Buffering': 'no',
    Incremental: '?1',
  }),
  opening: () => '{"k":"p"}\n',
  pulse: '{"k":"p"}\n',
  pageSaysUpToDate: false,
  page: (positions, stream, page) =>
    stream.units.unit('ndjson', `${page.from}-${page.to}`, () => lines(positions, stream, page)),
  control: (fields: StreamControl) => `${JSON.stringify({ k: 'c', ...fields })}\n`,
}

function lines(positions: Positions, stream: HubStream, page: Page): string {
  return page.records
    .map((record) => `{"k":"d","o":"${positions.at(stream.head, record.seq)}",${payloadOf(stream, record)}}\n`)
    .join('')
}

/** JSON goes in as it was stored. A stored JSON text never contains a line end. */
function payloadOf(stream: HubStream, record: StoredRecord): string {
  if (typeof record.body !== 'string') return `"b":"${Buffer.from(record.body).toString('base64')}"`
  return stream.kind === 'json' ? `"v":${record.body}` : `"t":${JSON.stringify(record.body)}`
}
