/**
 * `m` frames: the same bytes for every subscriber of a stream.
 *
 * @module
 */

import type { HubStream } from '../hub/hub-stream.ts'
import type { Page } from '../hub/page.ts'
import { textFrame } from './text-frame.ts'

/** The frame with these records, with its header. */
export function recordsFrame(stream: HubStream, page: Pick<Page, 'records' | 'from' | 'to'>): Buffer {
  return stream.units.unit('websocket', `${page.from}-${page.to}`, () => textFrame(recordsText(stream, page)))
}

/** Written by hand, so that stored JSON goes out as it came in. */
function recordsText(stream: HubStream, { records, from }: Pick<Page, 'records' | 'from'>): string {
  const head = `{"t":"m","a":${stream.alias},"n":${from + 1}`
  const bodies = records.map((record) => record.body)
  if (stream.kind === 'bytes') {
    const items = bodies.map((body) => `"${Buffer.from(body).toString('base64')}"`)
    return `${head},"b":[${items.join(',')}]}`
  }
  const items = stream.kind === 'json' ? bodies : bodies.map((body) => JSON.stringify(body))
  return `${head},"d":[${items.join(',')}]}`
}
