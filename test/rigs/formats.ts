/**
 * The rig's records in each streaming format.
 *
 * @module
 */
import type { RigRecord } from './protocol.ts'

/** How a format writes. `position` counts the records up to and including this one. */
export interface RigFormat {
  readonly type: string
  record(record: RigRecord, position: number): string
}

/** By the name of the endpoint. */
export const formats: Readonly<Record<string, RigFormat>> = {
  sse: {
    type: 'text/event-stream',
    record({ data, event }, position) {
      const name = event === undefined ? '' : `event: ${event}\n`
      const lines = data.split('\n').map((line) => `data: ${line}\n`)
      return `id: ${position}\n${name}${lines.join('')}\n`
    },
  },
  ndjson: {
    type: 'application/x-ndjson',
    record: ({ data }, position) => `${JSON.stringify({ position, data })}\n`,
  },
  lines: { type: 'text/plain', record: ({ data }) => `${data}\n` },
  'json-seq': {
    type: 'application/json-seq',
    record: ({ data }, position) => `\u001e${JSON.stringify({ position, data })}\n`,
  },
  text: { type: 'text/plain', record: ({ data }) => data },
  bytes: { type: 'application/octet-stream', record: ({ data }) => data },
}
