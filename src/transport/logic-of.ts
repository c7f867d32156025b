/**
 * The connection logic behind each plain transport. A protocol's code is imported by its first dial, so that a bundler
 * splits it off and a page pays only for what it opens.
 *
 * @module
 */
import { type Codec, json, text, values } from '../codecs/codec.ts'
import { connection } from '../connection/connection.ts'
import type { ConnectionLogic } from '../connection/logic.ts'
import { watched } from '../connection/settings.ts'
import { TransportError } from '../errors.ts'
import type { Dial } from '../link.ts'
import { isRepeatable } from '../transports/repeatable.ts'
import type { TranslationConfig, TransportType } from './config.ts'

/** A dial whose code is fetched when it is first needed; a chunk that cannot be loaded is the network's failure. */
function lazily<Input>(load: () => Promise<Dial<Input>>): Dial<Input> {
  return async (input, request) => {
    const dial = await load().catch((cause: unknown) => {
      throw new TransportError('network', 'The code of this transport could not be loaded.', { cause })
    })
    return dial(input, request)
  }
}

const dials = {
  sse: lazily(async () => (await import('../transports/sse.ts')).sse),
  websocket: lazily(async () => (await import('../transports/websocket.ts')).webSocket),
  'http-stream': lazily(async () => (await import('../transports/http-stream.ts')).httpStream),
  'long-poll': lazily(async () => (await import('../transports/long-poll.ts')).longPoll),
  durable: lazily(async () => (await import('../transports/durable.ts')).durable),
} satisfies Record<TransportType, unknown>

function defaultCodec(type: TransportType, config: object): Codec {
  if (type === 'durable') return values
  const ndjson = type === 'http-stream' && 'format' in config && config.format === 'ndjson'
  return ndjson ? json : (text as Codec)
}

/** Connection logic with the translations this configuration asks for. */
export function logicOf(type: TransportType, config: object): ConnectionLogic<object> {
  const { codec, incoming, outgoing } = config as TranslationConfig<unknown, unknown>
  return connection(dials[type] as Dial<object>, {
    codec: (codec as Codec | undefined) ?? defaultCodec(type, config),
    incoming,
    outgoing,
    defaults: type === 'durable' ? watched : undefined,
    repeatable: isRepeatable,
  }) as ConnectionLogic<object>
}
