/**
 * What the page shows of everything that was told: the contract between the session, which keeps it, and the views, which draw it.
 *
 * @module
 */
import type { TransportErrorCode } from '../../src/errors.ts'
import type { Machine } from '../chart/machine.ts'
import type { Phase } from '../chart/phase.ts'
import type {
  ActorFacts,
  EventMessage,
  FrameMessage,
  HealthMessage,
  HubMessage,
  StepMessage,
} from '../protocol/messages.ts'

export interface AppView {
  /** The hub's key of it: unique, also for two tabs of one app. */
  readonly key: string
  readonly name: string
  readonly runtime: 'node' | 'browser' | 'other'
  readonly state: 'here' | 'gone' | 'recorded'
  /** The wall clock at `t` 0, in ms since 1970. */
  readonly epoch: number
  /** The newest `t` heard. */
  readonly now: number
  /** How many messages the app has left out, or the session has let go. */
  readonly dropped: number
}

/** An actor at one instant. What it waits for has the soonest first. */
export interface ActorView extends ActorFacts {
  readonly id: string
  readonly phase: Phase
}

/** A line of the log. */
export type Entry = EventMessage | StepMessage | FrameMessage

/**
 * What became of something that was sent, as it was known at some instant. The `delay` is from when the link got it until then,
 * in ms; of what is `unsettled`, so far.
 */
export type Fate =
  | { readonly state: 'unsettled'; readonly delay: number }
  /** The transport took it, or its server acknowledged it where the protocol does that. */
  | { readonly state: 'settled'; readonly delay: number }
  | { readonly state: 'failed'; readonly delay: number; readonly code: TransportErrorCode }
  /** Its link went down before anything was said of it: it may have arrived or not. */
  | { readonly state: 'lost'; readonly delay: number }

/** How many sends have no {@link Fate | outcome} yet, and when the oldest of them was sent, as `t`. */
export interface Unsettled {
  readonly count: number
  readonly since: number
}

/** So long an actor was in one phase. `to` is `null` for the present one. */
export interface Band {
  readonly phase: Phase
  readonly from: number
  readonly to: number | null
  /** The state value in dotted words: `connected.flow.flowing`, regions joined by a comma. */
  readonly words: string
}

/** Everything that was told, by app. Instants are `t` of the app in question; `null` is now. */
export interface InspectorSession {
  apply(message: HubMessage): void
  readonly apps: readonly AppView[]
  actors(app: string, at: number | null): readonly ActorView[]
  actor(app: string, actor: string, at: number | null): ActorView | undefined
  /** The machine of a definition, without implementations; `null` where it is too large, malformed or unknown. */
  machine(app: string, hash: string): Machine | null
  /** Oldest first, at most `bounds.ring`. The array is the same one until something is added. */
  entries(app: string): readonly Entry[]
  bands(app: string, actor: string): readonly Band[]
  health(app: string, actor: string, at: number | null): HealthMessage | undefined
  /** Of the frame with this number; `undefined` where that was not sent, not yet, or is no longer kept. */
  fate(app: string, seq: number, at: number | null): Fate | undefined
  /** `undefined`: not asked for yet. `null`: no longer kept by the app. */
  payload(app: string, seq: number): string | null | undefined
  context(app: string, actor: string): string | undefined
  /** Told at most once for all that is applied in one task. */
  subscribe(listener: () => void): () => void
}
