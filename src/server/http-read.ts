/**
 * `GET`: which of the four ways of reading is meant.
 *
 * @module
 */

import { catchUp } from './catch-up.ts'
import type { ServerContext } from './context.ts'
import { eventStream } from './event-stream.ts'
import type { Exchange } from './exchange.ts'
import { liveRead } from './live-read.ts'
import { longPoll } from './long-poll.ts'
import { ndjson } from './ndjson.ts'
import { readQuery } from './read-query.ts'

/** Answers a read. */
export async function read(context: ServerContext, exchange: Exchange): Promise<void> {
  const query = readQuery(exchange, context.positions)
  const { live, start } = query
  if (live === null || start === null) await catchUp(context, exchange, start)
  else if (live === 'long-poll') await longPoll(context, exchange, { ...query, start })
  else await liveRead(context, exchange, { ...query, start }, live === 'sse' ? eventStream : ndjson)
}
