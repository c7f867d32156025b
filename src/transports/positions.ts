/**
 * Where a stream of somebody else's goes on after a cut: what the HTTP transports ask of a strategy, and nothing of how one works.
 * Types alone: whoever uses no strategy loads none.
 *
 * @module
 */
import type { Bookmark, Message } from '../link.ts'
import type { HeadersSource, HttpInput } from './request-input.ts'

/**
 * Finds positions in messages, and makes the request that goes on behind one. It holds nothing of a connection, so that one may
 * serve many. `statewire/positions` makes them.
 */
export interface PositionStrategy {
  /**
   * Begins one attempt.
   *
   * @param input - the request as the user gave it
   * @param position - behind the last message handed over, `null` at the very beginning
   */
  begin(input: Pick<HttpInput, 'url' | 'query' | 'headers'>, position: string | null): PositionSession
}

/** One attempt of a strategy. */
export interface PositionSession {
  /** Whether there is a place to go on from. Only then may a request be repeated that must not be sent twice. */
  readonly resumable: boolean
  /** What the next request has in place of the user's own; `undefined` to send that one as it stands. */
  ask(): Promise<ResumedRequest | undefined>
  /** Gives the item its position; `false` for a repetition, which nobody sees. What it throws ends the link. */
  place(item: Message | Bookmark): boolean
}

/** All of a request that a resumption replaces. */
export interface ResumedRequest extends Pick<HttpInput, 'credentials'> {
  readonly url: string | URL
  readonly method: string | undefined
  readonly body: HttpInput['body']
  readonly query: Readonly<Record<string, string>> | undefined
  readonly headers: HeadersSource
  readonly idempotencyKey: undefined
}
