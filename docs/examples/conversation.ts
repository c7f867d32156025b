/**
 * What travels in a room, and what a page makes of it: pieces become messages. The same lines for every example.
 *
 * @module
 */
import * as z from 'zod/mini'

/** One record of a room: a piece of a message. A question is one piece, an answer one for each token. */
export const piece = z.object({
  /** Of the message, not of the piece. */
  id: z.string().check(z.maxLength(64)),
  role: z.enum(['user', 'assistant']),
  /** Counts from 0 within its message, so that a page can tell a hole from a pause. */
  index: z.number(),
  text: z.string().check(z.maxLength(2_000)),
  /** The id of the question, with each piece of its answer. */
  answers: z.optional(z.string().check(z.maxLength(64))),
  /** With the last piece of a message: how it ended. */
  end: z.optional(z.enum(['complete', 'cancelled'])),
})
export type Piece = z.infer<typeof piece>

export interface ChatMessage {
  readonly id: string
  readonly role: Piece['role']
  readonly text: string
  readonly state: 'streaming' | 'complete' | 'cancelled'
  /** The index of its next piece. */
  readonly next: number
}

export interface Conversation {
  readonly messages: readonly ChatMessage[]
  /** Pieces that arrived. */
  readonly received: number
  /** Pieces that should have come before one that did. */
  readonly lost: number
  /** Pieces that arrived again. */
  readonly repeated: number
}

export const emptyConversation: Conversation = { messages: [], received: 0, lost: 0, repeated: 0 }

/** The question of a user, as it is sent into the room. */
export function question(text: string): Piece {
  return { id: crypto.randomUUID(), role: 'user', index: 0, text, end: 'complete' }
}

/** The conversation after these pieces. What was there before is not changed: frameworks compare by identity. */
export function withPieces(before: Conversation, pieces: readonly Piece[]): Conversation {
  const messages = [...before.messages]
  let { lost, repeated } = before
  for (const { end, id, index, role, text } of pieces) {
    const place = messages.findLastIndex((message) => message.id === id)
    const known = messages[place]
    const next = known?.next ?? 0
    if (index < next) {
      repeated += 1
      continue
    }
    lost += index - next
    const message = { id, role, text: (known?.text ?? '') + text, state: end ?? 'streaming', next: index + 1 } as const
    if (known === undefined) messages.push(message)
    else messages[place] = message
  }
  return { messages, received: before.received + pieces.length, lost, repeated }
}

/** The same for a page that keeps its pieces. */
export function conversationOf(pieces: readonly Piece[]): Conversation {
  return withPieces(emptyConversation, pieces)
}
