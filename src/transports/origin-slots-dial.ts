/**
 * A dial whose reads wait for a connection to be free.
 *
 * @module
 */
import type { Dial, DialRequest } from '../link.ts'
import { type LiveMode, QUERY } from '../wire/names.ts'
import type { OriginSlots, SlotKind } from './origin-slots.ts'
import type { HttpInput } from './request-input.ts'

const LONG_POLL: LiveMode = 'long-poll'

/** The chart's default; see `ConnectionInput.connectTimeout`. */
const CONNECT_TIMEOUT = 10_000

/** What of the connect timeout may be waited: the reason is told before the chart knows only that it took too long. */
const PATIENCE = 0.99

type SlottedInput = Partial<Pick<HttpInput, 'url' | 'fetch' | 'method' | 'body'>> & {
  readonly connectTimeout?: number | undefined
}

/**
 * Wraps a dial so that each of its reads that stays open (SSE, NDJSON, any HTTP stream, long-polling) has a slot of its origin for as
 * long as it lives. Who finds none waits in `connecting`, first come, first served, and is counted in {@link OriginSlots.counts};
 * the dial rejects `limit_reached` just before `connectTimeout` runs out. Sends never wait. Where there is no limit, and for WebSocket,
 * it is the dial itself.
 *
 * @param kind - what the dial opens. Default `read`; for `durable` it is seen by what is asked.
 */
export function withSlots<Input extends object>(
  dial: Dial<Input>,
  slots: OriginSlots,
  kind: SlotKind = 'read',
): Dial<Input> {
  return async (input, request) => {
    const slotted: SlottedInput = input
    const origin = originOf(slotted.url)
    if (origin === undefined || !slots.isLimited(origin)) return dial(input, request)
    return dial({ ...input, fetch: slottedFetch(slotted, request, slots, kind) }, request)
  }
}

/** A wrong URL is the dial's to refuse, and whatever is not HTTP has connections of its own. */
function originOf(url: string | URL | undefined): string | undefined {
  const page = globalThis.location?.href
  if (url === undefined || !URL.canParse(url, page)) return undefined
  const { origin, protocol } = new URL(url, page)
  return /^https?:$/.test(protocol) ? origin : undefined
}

function slottedFetch(
  input: SlottedInput,
  request: DialRequest,
  slots: OriginSlots,
  kind: SlotKind,
): typeof globalThis.fetch {
  const late = request.delay((input.connectTimeout ?? CONNECT_TIMEOUT) * PATIENCE)
  /** Redirects and polls go on with the signal of the read they belong to, which aborts when the link is closed. */
  const reads = new WeakSet<AbortSignal>()
  /** A stream that is asked for with a POST is asked for before anything can be sent. */
  let first = input.body !== undefined || (input.method ?? 'GET').toUpperCase() !== 'GET'
  return async (target, init) => {
    const { signal, method } = init ?? {}
    const isRead = method === 'GET' || (first && method !== 'HEAD')
    if (method !== 'HEAD') first = false
    if (isRead && signal != null && !reads.has(signal)) {
      const url = new URL(target instanceof Request ? target.url : target)
      const polls = kind === 'poll' || url.searchParams.get(QUERY.live) === LONG_POLL
      const release = await slots.take(url.origin, polls ? 'poll' : 'read', signal, late)
      reads.add(signal)
      if (signal.aborted) release()
      else signal.addEventListener('abort', release, { once: true })
    }
    return (input.fetch ?? globalThis.fetch)(target, init)
  }
}
