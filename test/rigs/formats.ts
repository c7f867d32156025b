/**
 * The rig's records in each streaming format.
 *
 * @module
 */
import type { RigRecord } from './protocol.ts'

/** How a format writes. `position` counts the records up to and including this one. */
export interface RigFormat {
  readonly type: string
  /**
   * Sent at once, and nothing to whoever reads the format. Firefox settles neither `fetch` nor `EventSource` before the body's
   * first byte (ESR 153). Empty where every byte means something.
   */
  readonly first: string
  record(record: RigRecord, position: number): string
}

/** By the name of the endpoint. */
export const formats: Readonly<Record<string, RigFormat>> = {
  sse: {
    type: 'text/event-stream',
    first: ':\n\n',
    record({ data, event }, position) {
      const name = event === undefined ? '' : `event: ${event}\n`
      const lines = data.split('\n').map((line) => `data: ${line}\n`)
      return `id: ${position}\n${name}${lines.join('')}\n`
    },
  },
  ndjson: {
    type: 'application/x-ndjson',
    first: '\n',
    record: ({ data }, position) => `${JSON.stringify({ position, data })}\n`,
  },
  lines: { type: 'text/plain', first: '', record: ({ data }) => `${data}\n` },
  'json-seq': {
    type: 'application/json-seq',
    first: '\u001e',
    record: ({ data }, position) => `\u001e${JSON.stringify({ position, data })}\n`,
  },
  text: { type: 'text/plain', first: '', record: ({ data }) => data },
  bytes: { type: 'application/octet-stream', first: '', record: ({ data }) => data },
}
