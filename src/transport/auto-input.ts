/**
 * What a connection of type `auto` can be told.
 *
 * @module
 */

import type { HttpStreamInput } from '../transports/http-stream.ts'
import type { LadderMemory } from '../transports/ladder-memory.ts'
import type { LongPollInput } from '../transports/long-poll.ts'
import { checkOption } from '../transports/option-checks.ts'
import type { SseInput } from '../transports/sse.ts'
import type { WebSocketInput } from '../transports/websocket.ts'
import type { Runtime } from './selection.ts'
import type { SelectionMemory } from './selection-memory.ts'

/** The transports among which `auto` chooses where the URL does not say. */
export type Candidate = 'websocket' | 'sse' | 'http-stream' | 'long-poll'

/** How a server is polled: where, and by which names. Everything else is as for the stream. */
export type PollingInput = Pick<
  LongPollInput,
  | 'cursorParameter'
  | 'cursorHeader'
  | 'startAt'
  | 'echo'
  | 'closedHeader'
  | 'waitingQuery'
  | 'maxPageBytes'
  | 'holdAfter'
> & {
  /** Default: the stream's own URL, which then answers by what is accepted. */
  readonly url?: string | URL | undefined
  readonly query?: LongPollInput['query']
}

/** The options of the transports it may become, and those of the choice. */
export interface AutoInput extends SseInput, HttpStreamInput, Pick<WebSocketInput, 'protocols' | 'WebSocket'> {
  /**
   * The transports that may be used, the dearest first. Default: `sse`, `http-stream`, `long-poll`, beginning with what worked at the
   * origin before. A WebSocket is used only where it is named here, or where the URL is `ws:` or `wss:`.
   */
  readonly prefer?: readonly Candidate[] | undefined
  /**
   * How to poll where a proxy holds a stream back; `false` for never. The server must answer polls from the positions of its stream.
   * Default: at the same URL, with the position as `offset`.
   */
  readonly polling?: PollingInput | false | undefined
  /** How long a stream may stay without its first byte before it is polled as well, in ms; at least 2,000. Default 3,000. */
  readonly firstByteTimeout?: number | undefined
  /** What origins have allowed. Default: one memory for the whole page or process. */
  readonly memory?: SelectionMemory | undefined
  /** Which carriers are held back at which origin. Default: one memory for the whole page or process, shared with `durable`. */
  readonly ladder?: LadderMemory | undefined
  /** What can be opened here. Default: what the runtime is seen to have. */
  readonly runtime?: Partial<Runtime> | undefined
}

export const candidates: readonly Candidate[] = ['websocket', 'sse', 'http-stream', 'long-poll']

/** Throws `bad_option` for a choice that cannot be made. */
export function checkAuto({ prefer, polling, memory }: AutoInput): void {
  const known = Array.isArray(prefer) && prefer.length > 0 && prefer.every((one) => candidates.includes(one))
  checkOption(prefer === undefined || known, 'prefer', `one or more of ${candidates.join(', ')}`)
  const given = polling === undefined || polling === false || (typeof polling === 'object' && polling !== null)
  checkOption(given, 'polling', 'false, or how to poll')
  const remembers = memory === undefined || (typeof memory.recall === 'function' && typeof memory.note === 'function')
  checkOption(remembers, 'memory', 'a memory, such as createSelectionMemory makes')
}
