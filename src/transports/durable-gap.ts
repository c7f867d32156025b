/**
 * History that is gone: what the server said about it, and what the app's policy makes of it.
 *
 * @module
 */
import { TransportError } from '../errors.ts'
import type { Gap } from '../link.ts'
import { isResetReason, type Problem, type ResetReason } from '../wire/control.ts'
import { HEADERS } from '../wire/names.ts'
import { FROM_NOW, FROM_START } from '../wire/offset.ts'
import { type DurableInput, isPosition } from './durable-input.ts'
import { type Place, parsePlace, type Tracker } from './durable-position.ts'
import type { AnswerHead } from './http-answer.ts'

/** A position that the server cannot serve. */
export interface Reset {
  readonly reason: ResetReason
  /** Records gone after the offset that was asked for; `null` when nobody can know. */
  readonly lost: number | null
  /** The oldest offset that can be served, if the server said it. */
  readonly earliest: string | undefined
}

/** Where to go on, and what to say about it once that has worked. */
export interface Recovery {
  readonly place: Place
  readonly gap: Gap | undefined
}

/** Checks what a server says. An unknown reason means that this is not the stream the position is of. */
export function readReset(reason: unknown, lost: unknown, earliest: unknown): Reset {
  return {
    reason: isResetReason(reason) ? reason : 'generation',
    lost: typeof lost === 'number' && Number.isSafeInteger(lost) && lost >= 0 ? lost : null,
    earliest: isPosition(earliest) ? earliest : undefined,
  }
}

/** The reset that a 410 tells in its headers and its body; `undefined` for any other answer. */
export async function resetOf(answer: AnswerHead): Promise<Reset | undefined> {
  const reason = answer.header(HEADERS.reset)
  if (answer.status !== 410 || reason === undefined) return undefined
  const problem = problemOf(await answer.text())
  return readReset(reason, problem.lost, answer.header(HEADERS.earliestOffset) ?? problem.earliest)
}

function problemOf(text: string): Partial<Problem> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    // The headers say enough to go on; only the count is missing then.
    return {}
  }
}

/** What stands behind a gap: an error is for people, and does not say where there is anything left. */
const resets = new WeakMap<TransportError, Reset>()

/** The reset that was said within the stream, behind the failure of a read. */
export function resetBehind(failure: TransportError): Reset | undefined {
  return resets.get(failure)
}

/** The error of policy `fail`. */
export function gapError(gap: Gap | Reset): TransportError {
  const { reason, lost } = gap
  const what = {
    trimmed: 'is older than the server keeps',
    generation: 'is of another stream',
    truncated: 'is beyond what the server kept',
    skipped: 'is behind the newest record, the only one that counts',
  }
  const error = new TransportError('gap', `The last position ${what[reason]}: records are lost.`, { lost })
  if ('earliest' in gap) resets.set(error, gap)
  return error
}

/** Throws `gap` when the server has told all there is, and that ends before the place that was handed over. */
export function checkReached({ ahead }: Tracker, upToDate: boolean): void {
  if (upToDate && ahead) throw gapError({ reason: 'truncated', lost: null, earliest: undefined })
}

/**
 * Decides where to go on.
 *
 * @throws TransportError `gap` under policy `fail`, or when `refetch` failed.
 */
export async function recover(
  input: DurableInput,
  reset: Reset,
  place: Place,
  say: (gap: Gap) => void,
): Promise<Recovery> {
  // Asked for by a mark, and trimmed between finding the place and reading from it: nothing was promised yet.
  if (place.offset === FROM_START || place.offset === FROM_NOW) return { place, gap: undefined }
  const { reason, earliest } = reset
  const missing = reset.lost === null ? null : reset.lost - place.skip
  const counted = reason === 'trimmed' || reason === 'skipped'
  if (counted && missing !== null && missing <= 0 && earliest !== undefined) {
    // Everything that is gone has been handed over already.
    return { place: { offset: earliest, skip: -missing }, gap: undefined }
  }
  const gap: Gap = { reason, lost: missing }
  switch (input.onGap ?? 'fail') {
    case 'restart': {
      // Asked for all that is kept, the server would skip the same again.
      const offset = reason === 'skipped' && earliest !== undefined ? earliest : FROM_START
      return { place: { offset, skip: 0 }, gap }
    }
    case 'jump':
      // What lies between the oldest record and now is left out as well, and nobody counts that.
      return { place: { offset: FROM_NOW, skip: 0 }, gap: { reason, lost: null } }
    case 'refetch':
      say(gap)
      return { place: await refetched(input, gap), gap: undefined }
    default:
      throw gapError(gap)
  }
}

async function refetched({ refetch }: DurableInput, gap: Gap): Promise<Place> {
  let offset: unknown
  try {
    offset = await refetch?.(gap)
  } catch (cause) {
    if (cause instanceof TransportError) throw cause
    throw new TransportError('gap', 'Records are lost, and the function refetch failed.', { lost: gap.lost, cause })
  }
  if (isPosition(offset)) return parsePlace(offset)
  throw new TransportError('gap', 'Records are lost, and the function refetch gave no offset.', { lost: gap.lost })
}
