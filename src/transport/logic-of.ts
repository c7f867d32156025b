/**
 * Connection logic for a plain configuration: what `createTransport`, the manager and the framework entries have in common.
 *
 * @module
 */
import { type Codec, json, raw, text, values } from '../codecs/codec.ts'
import { connection } from '../connection/connection.ts'
import type { ConnectionLogic } from '../connection/logic.ts'
import { outbox } from '../connection/outbox.ts'
import { watched } from '../connection/settings.ts'
import type { Dial } from '../link.ts'
import { producerQueue } from '../producer/queue-kind.ts'
import { resumed } from '../producer/resume-token.ts'
import { repetitionOf } from '../transports/repeatable.ts'
import type { ProtocolName, TranslationConfig } from './config.ts'

/** What each protocol hands over when the configuration names no codec. */
const codecs: Record<ProtocolName, unknown> = {
  sse: text,
  websocket: raw,
  'http-stream': raw,
  'long-poll': values,
  durable: values,
}

/** The chart with this dial, and the codec, schemas and queue that the configuration asks for. */
export function logicOf(type: ProtocolName, dial: Dial<object>, config: object): ConnectionLogic<object> {
  const { codec, incoming, outgoing, refused } = config as TranslationConfig<unknown, unknown>
  const lines = 'format' in config && config.format === 'ndjson'
  return connection<object, unknown, unknown>(dial, {
    codec: codec ?? (lines ? json : (codecs[type] as Codec)),
    incoming,
    outgoing,
    refused,
    queue: type === 'durable' ? producerQueue : outbox,
    defaults: (input) => (type === 'durable' ? { ...watched, ...resumed(input) } : {}),
    repeatable: repetitionOf,
  })
}
