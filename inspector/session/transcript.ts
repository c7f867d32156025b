/**
 * The frames of one connection read as the answer of a model: joined text, when it began, where it stood still.
 *
 * @module
 */
import type { FrameMessage } from '../protocol/messages.ts'
import { deltasOf, type TranscriptLane } from './deltas.ts'

/** From here on a reader notices that the text stands still, in ms. */
export const leastStall = 250

/** Text of one kind without a break. */
export interface TranscriptPart {
  readonly lane: TranscriptLane
  readonly text: string
  readonly from: number
  readonly to: number
  /** Of the first frame. */
  readonly seq: number
}

export interface Stall {
  readonly from: number
  readonly to: number
  /** In ms. */
  readonly length: number
}

export interface Transcript {
  readonly parts: readonly TranscriptPart[]
  /** When the first text arrived; `null` while there is none. */
  readonly firstToken: number | null
  /** From what was last sent before it, in ms; `null` where that is not known. */
  readonly firstTokenAfter: number | null
  readonly stalls: readonly Stall[]
  /** How many messages came in. */
  readonly frames: number
  /** How many of them have no text here: the app tells none until somebody asks for it. */
  readonly untold: number
}

interface Piece {
  readonly lane: TranscriptLane
  readonly texts: string[]
  readonly from: number
  to: number
  readonly seq: number
}

/** Collects texts, because joining them one by one is quadratic. */
function add(pieces: Piece[], { t, seq, text }: FrameMessage): boolean {
  const deltas = deltasOf(text ?? '')
  for (const { lane, text: more } of deltas) {
    const last = pieces.at(-1)
    if (last?.lane === lane) {
      last.texts.push(more)
      last.to = t
    } else pieces.push({ lane, texts: [more], from: t, to: t, seq })
  }
  return deltas.length > 0
}

/**
 * The transcript of one connection's frames, oldest first.
 *
 * @example
 * const frames = session.entries(app).filter((entry) => entry.kind === 'frame' && entry.actor === actor)
 * const { parts, firstTokenAfter } = transcriptOf(frames)
 */
export function transcriptOf(frames: readonly FrameMessage[]): Transcript {
  const pieces: Piece[] = []
  const stalls: Stall[] = []
  const heard = { firstToken: null as number | null, last: null as number | null, sent: null as number | null }
  let [count, untold] = [0, 0]
  for (const frame of frames) {
    const { t, direction, what } = frame
    if (direction === 'out') {
      if (heard.firstToken === null) heard.sent = t
      // Between an answer and the next question the model is not late.
      heard.last = null
      continue
    }
    if (what !== 'message') continue
    count++
    if (frame.text === null) untold++
    const length = heard.last === null ? 0 : t - heard.last
    if (heard.last !== null && length >= leastStall) stalls.push({ from: heard.last, to: t, length })
    heard.last = t
    if (add(pieces, frame)) heard.firstToken ??= t
  }
  const { firstToken, sent } = heard
  return {
    parts: pieces.map(({ texts, ...piece }) => ({ ...piece, text: texts.join('') })),
    firstToken,
    firstTokenAfter: firstToken !== null && sent !== null ? firstToken - sent : null,
    stalls,
    frames: count,
    untold,
  }
}
