/**
 * What an app tells the inspector, and what the inspector asks of it. JSON, in batches: `t` is milliseconds of the app's own
 * monotonic clock, `seq` counts everything an app has told, so that a hole shows.
 *
 * @module
 */
import type { TransportErrorCode } from '../../src/errors.ts'

/** Both ends say it; a viewer of another version says so instead of guessing. */
export const INSPECTOR_PROTOCOL = 1

/** What an actor runs. */
export type LogicKind = 'machine' | 'promise' | 'callback' | 'observable' | 'transition' | 'other'

export type ActorStatus = 'active' | 'done' | 'error' | 'stopped'

/** A delayed event that is scheduled. */
export interface ScheduledWait {
  /** XState's name of it, `xstate.after.…`. */
  readonly event: string
  /** The resolved delay in ms, jitter included. */
  readonly delay: number
  /** When it began, as `t`. */
  readonly since: number
}

/** What is known of a connection beside its chart. */
export interface ConnectionFacts {
  /** Without its secrets; `null` where its input names none. */
  readonly url: string | null
  /** What the newest link speaks: `sse`, `websocket:chat.v1`, `ndjson`, …; `null` before the first one. */
  readonly protocol: string | null
  /** Attempts in a row before it gives up; `null`: it never does. */
  readonly maxAttempts: number | null
}

/** Who an actor is, and how it is at some moment. */
export interface ActorFacts {
  readonly parent: string | null
  readonly name: string
  readonly logic: LogicKind
  /** Of its machine; `null` for other logic. */
  readonly definition: string | null
  readonly status: ActorStatus
  readonly value: unknown
  readonly tags: readonly string[]
  readonly waits: readonly ScheduledWait[]
  /** Only of a connection of statewire's. */
  readonly connection?: ConnectionFacts | undefined
}

/**
 * An actor as it is at the moment: said when it first does something, again to a viewer that comes late, and when its
 * connection speaks another protocol.
 */
export interface ActorMessage extends ActorFacts {
  readonly kind: 'actor'
  readonly t: number
  readonly actor: string
}

/** An event that an actor has taken. Its content stays in the app until somebody asks for it. */
export interface EventMessage {
  readonly kind: 'event'
  readonly seq: number
  readonly t: number
  readonly actor: string
  /** The actor that sent it; `null` from outside. */
  readonly source: string | null
  readonly type: string
}

/** Where an event has led. */
export interface StepMessage {
  readonly kind: 'step'
  readonly seq: number
  readonly t: number
  readonly actor: string
  /** The event's; 0 where nobody heard it: numbers begin with 1. */
  readonly because: number
  /** The transitions taken, as `transitionKey` of inspector/chart/labels.ts gives them; `null` where nobody could tell: they are inferred. */
  readonly taken: readonly string[] | null
  readonly value: unknown
  readonly tags: readonly string[]
  readonly status: ActorStatus
}

/** A delayed event was scheduled. It ends when it comes, or when it is {@link CancelledMessage | cancelled}. */
export interface TimerMessage extends ScheduledWait {
  readonly kind: 'timer'
  readonly t: number
  readonly actor: string
}

/** A delayed event that was still to come never will: its state was left, or the machine has said so. */
export interface CancelledMessage {
  readonly kind: 'cancelled'
  readonly t: number
  readonly actor: string
  /** As in {@link ScheduledWait}. */
  readonly event: string
}

/** Something passed over the wire of a connection. What goes `out` is a `send`. */
export interface FrameMessage {
  readonly kind: 'frame'
  readonly seq: number
  /** When it arrived, or was handed to the link. */
  readonly t: number
  /** The connection's actor. */
  readonly actor: string
  readonly direction: 'in' | 'out'
  readonly what: 'message' | 'send' | 'gap' | 'error'
  /** Of the payload as far as it is known without walking it; 0 where it is not. */
  readonly bytes: number
  readonly position: string | null
  /** A short redacted text of it; `null` where payloads are not told. What goes out is told as its codec has made it. */
  readonly text: string | null
  /** The number of the append that carries it, where a producer numbers them. */
  readonly sequence?: number | undefined
}

/** What became of a frame that went out: the transport took it, or its server acknowledged it where the protocol does that. */
export interface SettledMessage {
  readonly kind: 'settled'
  readonly t: number
  readonly actor: string
  /** The frame's. */
  readonly seq: number
  /** Why it was not sent; `null` when it was. Of one that went down with its link nothing is said. */
  readonly failure: TransportErrorCode | null
}

/** How a connection is, twice a second at most. */
export interface HealthMessage {
  readonly kind: 'health'
  readonly t: number
  readonly actor: string
  readonly received: number
  readonly sent: number
  readonly queued: number
  readonly attempt: number
  /** Since the last byte, in ms. */
  readonly silence: number
  readonly position: string | null
  readonly failure: { readonly code: TransportErrorCode; readonly message: string } | null
}

/** What an app tells. */
export type AppMessage =
  | {
      readonly kind: 'hello'
      readonly protocol: number
      readonly name: string
      readonly runtime: 'node' | 'browser' | 'other'
      /** The wall clock, in ms since 1970, when `t` was 0. */
      readonly epoch: number
    }
  | ActorMessage
  /** A machine's configuration as JSON text, its states in the order of their source. Said once for each hash. */
  | { readonly kind: 'definition'; readonly hash: string; readonly json: string }
  | EventMessage
  | StepMessage
  | TimerMessage
  | CancelledMessage
  | FrameMessage
  | SettledMessage
  | HealthMessage
  | { readonly kind: 'gone'; readonly t: number; readonly actor: string; readonly status: ActorStatus }
  /** So many messages were left out since the last word, because there were too many. */
  | { readonly kind: 'dropped'; readonly t: number; readonly count: number }
  /** The content of an event, redacted, or `null` when it is no longer kept. */
  | { readonly kind: 'payload'; readonly seq: number; readonly text: string | null }
  /** An actor's context, redacted; said while it is wanted and has changed. */
  | { readonly kind: 'context'; readonly t: number; readonly actor: string; readonly text: string }

/** What a viewer asks of an app. Nothing here changes what the app does. */
export type ViewerMessage =
  /** Everything as it is now. */
  | { readonly kind: 'sync' }
  /** Whose context is looked at, and whether the texts of frames are wanted. */
  | { readonly kind: 'want'; readonly contextOf: string | null; readonly texts: boolean }
  | { readonly kind: 'payload'; readonly seq: number }

/** What passes between hub and viewer: an app's key stands before what it tells. `gone`: it has left. */
export type HubMessage =
  | { readonly app: string; readonly messages: readonly AppMessage[] }
  | { readonly app: string; readonly gone: true }

/** From a viewer through the hub to one app. */
export interface Asked {
  readonly app: string
  readonly asked: ViewerMessage
}
