/**
 * What tabs say to each other. In the hall everybody of one key hears everybody; a line is between one follower and its leader.
 * Nothing but payloads, positions and facts of errors is ever said: no address, no header, no credential.
 *
 * @module
 */
import type { AppendAnswer, Bookmark, Gap, Message, NumberedAppend } from '../link.ts'
import type { ErrorFacts } from './error-facts.ts'

/** What flows from the leader, in the order of the stream. */
export type Entry = Message | Bookmark | { readonly gap: Gap }

/** Where a tab without a position wants to begin. */
export type Beginning = 'history' | 'now'

export type HallFrame =
  /** Who leads, and can I have what comes after this position? Answered on the line of the member. */
  | { readonly type: 'seek'; readonly member: string; readonly position: string | null; readonly beginning: Beginning }
  /** Could I have what comes after this position? Asked by who reads for itself. */
  | { readonly type: 'ask'; readonly member: string; readonly position: string | null }
  /** I lead from now on. */
  | { readonly type: 'leading'; readonly leader: string }
  /** I dialled for all of us, and this came of it. */
  | { readonly type: 'failed'; readonly error: ErrorFacts }

/** What the leader's link can do. */
export interface Abilities {
  readonly protocol: string
  readonly write: boolean
  readonly ping: boolean
  /** How many appends may be on their way at once; 0 when there are none. */
  readonly appends: number
}

export type LeaderFrame = { readonly leader: string } & (
  | { readonly type: 'dialling' }
  | { readonly type: 'welcome'; readonly abilities: Abilities; readonly position: string | null }
  /** What comes after your position is not here any more: read for yourself. */
  | { readonly type: 'elsewhere' }
  /** The answer to `ask`, where it is yes. */
  | { readonly type: 'reachable' }
  | { readonly type: 'entries'; readonly entries: readonly Entry[] }
  /** The server gave a sign of life. */
  | { readonly type: 'heard' }
  /** The leader did: the answer to `probe`. */
  | { readonly type: 'here' }
  | { readonly type: 'floor'; readonly milliseconds: number }
  /** One item of a write was settled. */
  | { readonly type: 'settled'; readonly id: number; readonly index: number; readonly error: ErrorFacts | null }
  | { readonly type: 'writable'; readonly id: number }
  | { readonly type: 'answered'; readonly id: number; readonly answer: WireAnswer }
  | { readonly type: 'unanswered'; readonly id: number; readonly error: ErrorFacts }
  | { readonly type: 'ended' }
  | { readonly type: 'lost'; readonly error: ErrorFacts }
  /** I lead no longer, or not you: look for a leader again. */
  | { readonly type: 'left' }
)

export type FollowerFrame = { readonly leader: string } /** So many entries were handed over since the beginning. */ & (
  | { readonly type: 'taken'; readonly count: number }
  | { readonly type: 'write'; readonly id: number; readonly items: readonly unknown[] }
  | { readonly type: 'append'; readonly id: number; readonly append: NumberedAppend }
  | { readonly type: 'ping' }
  | { readonly type: 'probe' }
  | { readonly type: 'leave' }
)

/** An {@link AppendAnswer} whose error is facts. */
export type WireAnswer =
  | Exclude<AppendAnswer, { readonly error: unknown }>
  | {
      readonly kind: 'unauthorized' | 'refused' | 'barred'
      readonly error: ErrorFacts
      readonly doubtful?: boolean | undefined
    }
