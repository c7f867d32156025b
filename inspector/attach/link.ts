/**
 * How what an app tells gets to who looks at it. One link is one way; {@link attachInspector} knows nothing else of them.
 *
 * @module
 */
import type { AppMessage, ViewerMessage } from '../protocol/messages.ts'

/** A way to viewers. None of its members throws, and nothing of it keeps a Node process alive. */
export interface InspectorLink {
  /** Whether somebody looks. While nobody does, an app tells nothing but its `hello`. */
  readonly watched: boolean
  /** Takes what is to be told. It may be kept for a moment and told together; what has no room is let go. */
  send(messages: readonly AppMessage[]): void
  /** Hears what viewers ask, until the returned function is called. */
  listen(ask: (asked: ViewerMessage) => void): () => void
  /** Hears each time `watched` changes, until the returned function is called. */
  onWatched(changed: (watched: boolean) => void): () => void
  /** Nothing is sent or heard any more. */
  close(): void
}
