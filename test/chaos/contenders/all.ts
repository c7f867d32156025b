/**
 * Everybody who takes part in the long run.
 *
 * @module
 */
import type { Contender } from '../contender.ts'
import { durableStreamsProducer, durableStreamsReader } from './durable-streams.ts'
import { eventSource } from './event-source.ts'
import { ours } from './ours.ts'
import { socketIo } from './socket-io.ts'

export const own: readonly Contender[] = [ours('websocket'), ours('sse'), ours('ndjson'), ours('long-poll')]

export const peers: readonly Contender[] = [
  socketIo('defaults', { recovery: false, retries: false }),
  socketIo('recovery', { recovery: true, retries: false }),
  socketIo('recovery and retries', { recovery: true, retries: true }),
  durableStreamsReader('sse'),
  durableStreamsReader('long-poll'),
  durableStreamsProducer,
  eventSource,
]
