/**
 * Frames of `statewire.v1.json` as they come in: checked, because a server may be another version, broken or hostile.
 *
 * @module
 */
import { believedPause, TransportError } from '../errors.ts'
import type { Bookmark, Link, Message } from '../link.ts'
import type { ClientFrame, ErrorFrame, ServerFrame, SubscribedFrame, SubscribeFrame } from '../wire/frames.ts'
import { badFrame, bytesOf, parseObject } from './durable-control.ts'

/** A frame of which only the type is sure. */
export type Frame = Readonly<Record<string, unknown>> & { readonly t: ServerFrame['t'] | string }

/** Reads one message. Throws `bad_frame`. */
export function parseFrame({ data }: Message | Bookmark): Frame {
  const frame = parseObject(data, 'a frame')
  if (isFrame(frame)) return frame
  throw badFrame('a frame')
}

function isFrame(frame: Readonly<Record<string, unknown>>): frame is Frame {
  return typeof frame.t === 'string'
}

/** A whole number from 0, or `bad_frame`. */
export function wholeNumber(value: unknown, piece: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw badFrame(piece)
}

/** The largest frame the server takes; 64 KiB (wire.md 4.2) when it does not say. */
export function frameBytesOf({ limits }: Frame): number {
  const said = typeof limits === 'object' && limits !== null && 'frameBytes' in limits ? limits.frameBytes : undefined
  return typeof said === 'number' && said > 0 ? said : 65_536
}

/** Checks a `subok`. */
export function subscribed(frame: Frame): Omit<SubscribedFrame, 't' | 'id' | 'tail' | 'closed'> {
  const { gen } = frame
  if (typeof gen !== 'string' || !/^[0-9a-f]{16}$/.test(gen)) throw badFrame('a subscription')
  return {
    gen,
    a: wholeNumber(frame.a, 'a subscription'),
    term: wholeNumber(frame.term, 'a subscription'),
    from: wholeNumber(frame.from, 'a subscription'),
  }
}

/** The records of an `m`. */
export function recordsOf({ d, b }: Frame): readonly unknown[] {
  if (Array.isArray(d)) return d
  if (Array.isArray(b)) return b.map(bytesOf)
  throw badFrame('a frame of records')
}

/** Statuses that say over HTTP what these codes say here, so that one table decides what to do about them. */
const STATUS: Readonly<Record<string, number>> = {
  not_found: 404,
  limit: 429,
  forbidden: 403,
  unavailable: 503,
} satisfies Partial<Record<ErrorFrame['code'], number>>

/** What an `err` in answer to `sub` means. */
export function refusedSubscription({ code, retryMs }: Frame): TransportError {
  const status = (typeof code === 'string' ? STATUS[code] : undefined) ?? 400
  const retryAfterMs = typeof retryMs === 'number' ? believedPause(retryMs) : undefined
  const sentence = status === 404 ? 'There is no such stream.' : 'The server refused to read the stream.'
  return new TransportError('http_status', sentence, { status, retryAfterMs })
}

/** What is asked for: a stream, behind an offset. */
export interface Wanted {
  readonly stream: string
  readonly offset: string
}

export function subscribeFrame(id: number, { stream, offset }: Wanted): SubscribeFrame {
  return { t: 'sub', id, s: stream, o: offset }
}

/** Sends a frame and does not look back: a lost connection is noticed by reading. */
export function post(link: Link, frame: ClientFrame, sent: (error?: unknown) => void = () => undefined): void {
  void link.write?.([{ data: JSON.stringify(frame), settle: sent }])
}

/** The same with several, in one go: a write to a socket costs more than what is in it. */
export function postTogether(link: Link, frames: readonly ClientFrame[]): void {
  void link.write?.(frames.map((frame) => ({ data: JSON.stringify(frame), settle: () => undefined })))
}
