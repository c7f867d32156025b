/**
 * A reader made of `@durable-streams/client`, which is started anew at its last offset whenever a cut has ended it.
 *
 * @module
 */
import { type BackoffOptions, type LiveMode, stream } from '@durable-streams/client'
import { TOKEN } from './origin.ts'

/** The client's own retries of requests that got no answer: as it comes, only sooner. */
export const backoffOptions: BackoffOptions = { initialDelay: 2, maxDelay: 20, multiplier: 1.3 }

export const headers = { Authorization: `Bearer ${TOKEN}` }

export interface ReferenceRead {
  readonly records: unknown[]
  /** How often the client was started. */
  readonly lives: number
}

/** Reads a stream from `-1` until it is closed and everything has been handed over. */
export async function readToTheEnd(url: string, live: LiveMode): Promise<ReferenceRead> {
  const records: unknown[] = []
  let offset = '-1'
  for (let lives = 1; ; lives++) {
    const life = await liveOnce(url, live, offset, (items, next) => {
      records.push(...items)
      offset = next
    })
    if (life === 'closed') return { records, lives }
  }
}

/** What ended it. `caught up` only without `live`. */
type Ending = 'cut' | 'caught up' | 'closed'

/**
 * One life of the client. Its own `closed` is no measure: it resolves when the client has seen the last headers, before the
 * last body is read, and then keeps quiet if that body is cut.
 */
async function liveOnce(
  url: string,
  live: LiveMode,
  offset: string,
  hand: (items: readonly unknown[], next: string) => void,
): Promise<Ending> {
  let end: (how: Ending) => void = () => {}
  const ending = new Promise<Ending>((resolve) => {
    end = resolve
  })
  const watched: typeof fetch = async (...request) => {
    const answer = await fetch(...request)
    const drained = answer.clone().body?.pipeTo(new WritableStream())
    drained?.catch(() => end('cut'))
    return answer
  }
  const session = await stream({ url, live, offset, headers, backoffOptions, fetch: watched, warnOnHttp: false })
  let over = false
  session.subscribeJson((batch) => {
    if (over) return
    // Not the session's own offset: that one runs ahead, and whoever resumed there would lose the body in between.
    hand(batch.items, batch.offset)
    if (batch.offset !== session.offset) return
    if (session.streamClosed) end('closed')
    else if (live === false && batch.upToDate) end('caught up')
  })
  session.closed.catch(() => end('cut'))
  const how = await ending
  over = true
  session.cancel()
  return how
}
