/**
 * Names, units and labels of what the server counts, in one table. Names are OpenTelemetry's; Prometheus makes its own
 * of them (`statewire.server.sent` in `By` is `statewire_server_sent_bytes_total`).
 *
 * @module
 */

import type { ServerGauges } from './instruments.ts'
import type { Attributes, InstrumentOptions } from './meter.ts'

/** A count kept by label. */
export type CounterRow =
  | 'connections'
  | 'opened'
  | 'requests'
  | 'appends'
  | 'recordsIn'
  | 'bytesIn'
  | 'duplicates'
  | 'resets'
  | 'refusals'
  | 'limited'
  | 'slowConsumers'
  | 'errors'

/** A count of what goes out, by its form. */
export type OutRow = 'deliveries' | 'bytesOut'

interface Described {
  readonly name: string
  readonly unit: string
  readonly description: string
  readonly attributes: readonly string[]
  readonly boundaries?: readonly number[]
}

interface Row extends Described {
  readonly count: CounterRow | OutRow
  /** How many there are now, rather than how many there have been. */
  readonly now?: true
  /** A label of the count, as attributes. */
  attributesOf(label: string): Attributes
}

const PREFIX = 'statewire.server.'

/** From half a millisecond, what an append in memory stays below, to the 30 s a body may take. Seconds. */
const BOUNDARIES = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

export const rows: readonly Row[] = [
  {
    ...labelled('connections', 'connections', '{connection}', 'statewire.protocol', 'Sockets and live reads open now.'),
    now: true,
  },
  labelled('opened', 'connections.opened', '{connection}', 'statewire.protocol', 'Sockets and live reads opened.'),
  {
    ...labelled('requests', 'requests', '{request}', '', 'Requests answered, by method and class of status.'),
    attributes: ['http.request.method', 'statewire.status_class'],
    attributesOf(label) {
      const [method = '', statusClass = ''] = label.split(' ')
      return { 'http.request.method': method, 'statewire.status_class': statusClass }
    },
  },
  labelled('appends', 'appends', '{append}', '', 'Appends that changed a stream.'),
  labelled('recordsIn', 'records', '{record}', '', 'Records appended.'),
  labelled('bytesIn', 'received', 'By', '', 'Bytes of the records appended.'),
  labelled('duplicates', 'duplicates', '{append}', 'statewire.match', 'Appends that were in the stream already.'),
  labelled('deliveries', 'deliveries', '{record}', 'statewire.protocol', 'Records handed to readers.'),
  labelled('bytesOut', 'sent', 'By', 'statewire.protocol', 'Bytes handed to the sockets of readers.'),
  labelled('resets', 'resets', '{reset}', 'statewire.reason', 'Positions that could not be served.'),
  labelled('refusals', 'refusals', '{refusal}', 'statewire.code', 'Requests, frames and sockets refused.'),
  labelled('limited', 'rate_limited', '{refusal}', 'statewire.limit', 'Refusals because of a rate limit.'),
  labelled(
    'slowConsumers',
    'slow_consumers',
    '{connection}',
    '',
    'Readers cut off because they took nothing any more.',
  ),
  labelled('errors', 'errors', '{error}', '', 'What should not have happened.'),
]

export const durationRows = {
  requests: {
    name: `${PREFIX}request.duration`,
    unit: 's',
    description: 'From a request to the status of its answer.',
    attributes: [],
    boundaries: BOUNDARIES,
  },
  appends: {
    name: `${PREFIX}append.duration`,
    unit: 's',
    description: 'How long the store took for an append.',
    attributes: [],
    boundaries: BOUNDARIES,
  },
} satisfies Record<string, Described>

export const gaugeRows: readonly (Described & { readonly gauge: keyof ServerGauges })[] = [
  { gauge: 'streams', ...plain('live_streams', '{stream}', 'Streams that are read live.') },
  { gauge: 'storeReads', ...plain('store_reads', '{read}', 'Reads of the store under way or waiting.') },
  { gauge: 'ringBytes', ...plain('ring', 'By', 'What is kept of the newest records for live readers.') },
]

/** The options of an instrument. */
export function optionsOf({ unit, description, attributes, boundaries }: Described): InstrumentOptions {
  const advice: InstrumentOptions['advice'] = { attributes: [...attributes] }
  if (boundaries !== undefined) advice.explicitBucketBoundaries = [...boundaries]
  return { unit, description, advice }
}

function plain(name: string, unit: string, description: string): Described {
  return { name: PREFIX + name, unit, description, attributes: [] }
}

/** A row whose label is the value of one attribute, or of none (`''`). */
function labelled(count: Row['count'], name: string, unit: string, attribute: string, description: string): Row {
  return {
    count,
    ...plain(name, unit, description),
    attributes: attribute === '' ? [] : [attribute],
    attributesOf: (label) => (attribute === '' ? {} : { [attribute]: label }),
  }
}
