/**
 * What the framework entries stand on: a connection that several hold, found by its key.
 *
 * @module
 */
import type { ConnectionActor } from '../connection/logic.ts'
import type { SendOptions } from '../connection/send-queue.ts'

/**
 * A connection that several share: the same key, the same connection. It is idle and costs nothing until somebody holds it, so that
 * it can be had while rendering, also on a server.
 */
export interface SharedConnection<Received = unknown, Sent = unknown> {
  readonly key: string
  /** The actor at present, of which `useSelector` of the official bindings reads. Another one takes its place when it was over. */
  current(): ConnectionActor<object, Received, Sent>
  /** Hears when another actor has taken the place of the last one. Returns the function that stops it. */
  subscribe(listener: () => void): () => void
  /**
   * Holds the connection, and connects unless told not to. The returned function lets go, once; when nobody holds it any more it is
   * closed after the manager's `linger`, so that a component that mounts again at once finds it as it was.
   */
  hold(options?: HoldOptions): () => void
  /** Connects; after `closed` or `error` afresh, with all who listen. */
  connect(): void
  /** As `sendOver`. */
  send(data: Sent, options?: SendOptions): Promise<void>
  /** Closes it for all who hold it. */
  close(): void
}

export interface HoldOptions {
  /** Default `true`. */
  readonly connect?: boolean | undefined
}
