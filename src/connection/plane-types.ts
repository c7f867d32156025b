/**
 * What a data plane is made of, and what it tells.
 *
 * @module
 */
import type { ConnectionEvent } from '../../machines/connection-types.ts'
import type { Refused } from '../codecs/refusal.ts'
import type { Translate } from '../codecs/schema.ts'
import type { TransportError } from '../errors.ts'
import type { Gap } from '../link.ts'
import type { Clock } from './clock.ts'
import type { QueueKind } from './send-queue.ts'
import type { ConnectionInput } from './settings.ts'

/** What the plane says beside messages; goes through the actor's own emitter. */
export type PlaneEvent =
  | { readonly type: 'gap'; readonly gap: Gap }
  | { readonly type: 'error'; readonly error: TransportError }

/** The actor around a plane, as XState hands it to logic. */
export interface PlaneActor {
  readonly self: { send(event: ConnectionEvent): void }
  emit(event: PlaneEvent): void
}

/** One attempt to connect and the link that came of it. A new attempt makes everything of the old one stale. */
export type Attempt = object

export interface PlaneOptions {
  /** The connection's own input: URL, headers, callbacks. Kept here, never in a context or an event. */
  readonly input: ConnectionInput
  readonly position: string | null
  readonly translation: Translation
  readonly clock: Clock
  readonly queue: QueueKind | undefined
}

/** How messages are translated, both ways, and what becomes of those that cannot be. */
export interface Translation {
  readonly decode: Translate
  readonly encode: Translate
  readonly refused?: Refused | undefined
}
