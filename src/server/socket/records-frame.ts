/**
 * `m` frames: the same bytes for every subscriber of a stream.
 *
 * @module
 */

import type { HubStream } from '../hub/hub-stream.ts'
import type { Page } from '../hub/page.ts'
import { textFrame } from './text-frame.ts'

interface LastFrame {
  readonly from: number
  readonly to: number
  readonly bytes: Buffer
}

/** Live readers of a stream stand at the same position, so they all want the same bytes: the last ones are kept. */
const lastFrames = new WeakMap<HubStream, LastFrame>()

/** The frame with these records, with its header. */
export function recordsFrame(stream: HubStream, page: Pick<Page, 'records' | 'from' | 'to'>): Buffer {
  const { from, to } = page
  const last = lastFrames.get(stream)
  if (last?.from === from && last.to === to) return last.bytes
  const bytes = textFrame(recordsText(stream, page))
  lastFrames.set(stream, { from, to, bytes })
  return bytes
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
