/**
 * Positions for transports that have no option for them: a WebSocket whose messages are numbered, a dial of your own.
 *
 * @module
 */
import type { Bookmark, Dial, Link, Message } from '../link.ts'
import type { PositionSession, PositionStrategy } from './positions.ts'
import type { HttpInput } from './request-input.ts'

/**
 * The same transport, going on where the strategy says: its input's `url`, `query` and `headers` are those of the resumed request.
 * The HTTP transports have the option `positions` instead, which knows a POST from a GET.
 *
 * @example
 * const ticks = connection(positioned(webSocket, byQuery('from', 'n', { isRepeat: notAbove })))
 */
export function positioned<Input extends Pick<HttpInput, 'url' | 'query' | 'headers'>>(
  transport: Dial<Input>,
  strategy: PositionStrategy,
): Dial<Input> {
  return async (input, request) => {
    const session = strategy.begin(input, request.position)
    const asked = await session.ask()
    const { url, query, headers } = asked ?? input
    return over(await transport({ ...input, url, query, headers }, request), session)
  }
}

function over(link: Link, session: PositionSession): Link {
  return {
    ...link,
    async read(deliver) {
      let failure: unknown
      const more = await link.read((item: Message | Bookmark) => {
        try {
          return failure === undefined && (!session.place(item) || deliver(item))
        } catch (thrown) {
          // Not every link may be thrown at in the middle of a chunk.
          failure = thrown
          return false
        }
      })
      if (failure !== undefined) throw failure
      return more
    },
  }
}
