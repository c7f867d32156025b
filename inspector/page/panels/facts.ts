/**
 * What the panels say of an entry. No DOM.
 *
 * @module
 */
import { type Phase, phaseOf } from '../../chart/phase.ts'
import type { EventMessage, FrameMessage, StepMessage } from '../../protocol/messages.ts'
import type { Entry, Fate, InspectorSession } from '../../session/view.ts'
import { activeLeaves, eventKind, eventWords, lengthWords, shortWords, stateWords } from '../../session/words.ts'
import type { IconName } from './icons.tsx'

/** A line of the log in words. */
export interface EntryWords {
  readonly icon: IconName
  /** Heard instead of the sign. */
  readonly sign: string
  readonly words: string
  /** The same as briefly as a narrow row wants it. */
  readonly brief: string
  /** Who is behind it; empty where it is the actor itself or nobody. */
  readonly source: string
  /** What gives the words their colour. */
  readonly tone: 'user' | 'done' | 'error' | 'timer' | 'state' | 'wire'
  readonly phase: Phase | undefined
}

/** An actor's name as it is told; its id as long as it is not. */
export function actorName(session: InspectorSession, app: string, actor: string | null): string {
  if (actor === null) return 'app'
  const name = session.actor(app, actor, null)?.name
  return name === undefined || name === '' ? actor : name
}

export function stepPhase({ value, status, tags }: Pick<StepMessage, 'value' | 'status' | 'tags'>): Phase {
  return phaseOf({ value, status, tags: new Set(tags) })
}

/** What became of something that was sent: `acknowledged after 12 ms`. */
export function fateWords(fate: Fate): string {
  if (fate.state === 'unsettled') return 'waiting'
  if (fate.state === 'lost') return 'lost with its link'
  return fate.state === 'failed' ? `not sent: ${fate.code}` : `acknowledged after ${lengthWords(fate.delay)}`
}

/** `1.2 kB`; nothing for 0, which stands for "not known". */
export function byteWords(bytes: number): string {
  if (bytes < 1) return ''
  if (bytes < 1_000) return `${bytes} B`
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}

/** `12 408`: digits in threes, whatever the reader's language. */
export function countWords(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, '\u202f')
}

const eventSigns = { user: 'event', done: 'done', error: 'error', timer: 'timer' } as const

function wordsOfEvent(event: EventMessage, name: (actor: string | null) => string): EntryWords {
  const tone = eventKind(event.type)
  const icon = eventSigns[tone]
  const source = event.source === event.actor ? '' : name(event.source)
  const words = oneLine(eventWords(event.type))
  return { icon, sign: tone === 'user' ? 'event' : tone, words, brief: words, source, tone, phase: undefined }
}

const plainEnds = { active: 'active', done: 'done', error: 'failed', stopped: 'stopped' } as const

/** In letters. */
const widestState = 24

/** Where it begins and where it ends: `connected…flowing, alive`. */
function briefState(value: unknown): string {
  const whole = stateWords(value)
  if (whole.length <= widestState) return whole
  const [root, ...others] = new Set(activeLeaves(value).map(([first]) => first))
  const ends = shortWords(value)
  const brief = others.length > 0 ? ends : `${root}…${ends}`
  return brief.length < whole.length ? brief : whole
}

function wordsOfStep(step: StepMessage): EntryWords {
  const words = oneLine(stateWords(step.value) || plainEnds[step.status])
  const brief = oneLine(briefState(step.value) || plainEnds[step.status])
  return { icon: 'step', sign: 'state', words, brief, source: '', tone: 'state', phase: stepPhase(step) }
}

function wordsOfFrame(frame: FrameMessage): EntryWords {
  const { what, direction } = frame
  const icon = what === 'error' || what === 'gap' ? what : direction
  const words = oneLine(frame.text === null || frame.text === '' ? what : `${what} ${frame.text}`)
  const sign = direction === 'in' ? 'received' : 'sent'
  const tone = what === 'error' ? 'error' : 'wire'
  return { icon, sign, words, brief: words, source: byteWords(frame.bytes), tone, phase: undefined }
}

/** Letters that turn the rest of a line around: in a row they would make a text read as another one. */
const turning = /[\u202a-\u202e\u2066-\u2069]/g

/** As much of a text as one row can show. */
export function oneLine(text: string): string {
  const line = text.slice(0, 240).replace(/\s+/g, ' ').replace(turning, '\ufffd')
  return line.trim() === '' ? '(empty)' : line
}

export function entryWords(entry: Entry, name: (actor: string | null) => string): EntryWords {
  if (entry.kind === 'event') return wordsOfEvent(entry, name)
  return entry.kind === 'step' ? wordsOfStep(entry) : wordsOfFrame(entry)
}

/** `120 ms` since the entry before; empty for the first. */
export function gapWords(before: { readonly t: number } | undefined, entry: { readonly t: number }): string {
  return before === undefined ? '' : `+${lengthWords(entry.t - before.t)}`
}
