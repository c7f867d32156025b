/**
 * What apps tell, as the text it came as: a text is a tenth of the objects it stands for, or less where somebody means harm, and
 * what it weighs is known.
 *
 * @module
 */
import type { AppMessage } from '../protocol/messages.ts'

/** Told by an app at once. */
export interface Batch {
  readonly messages: readonly AppMessage[]
  /** The same as a JSON array, written once for all viewers. Nothing stands before or after it. */
  readonly text: string
}

export function batchOf(messages: readonly AppMessage[]): Batch {
  return { messages, text: JSON.stringify(messages) }
}

/** The messages of a batch's text. They were checked when they came. */
export function messagesOf(text: string): readonly AppMessage[] {
  return JSON.parse(text)
}

/** What a text takes in memory, in bytes: a character beyond Latin-1 makes two bytes of every other one too. */
export function bytesOf(text: string): number {
  return /[^\0-\xff]/.test(text) ? 2 * text.length : text.length
}

/** The texts of batches as one. None of them is of no messages. */
export function joined(texts: readonly string[]): string {
  return `[${texts.map((text) => text.slice(1, -1)).join(',')}]`
}
