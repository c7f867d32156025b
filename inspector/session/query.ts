/**
 * The query bar of the log: `type:after actor:chat-1 -message "free words"`.
 *
 * @module
 */
import type { Entry } from './view.ts'
import { eventWords, stateWords } from './words.ts'

/** What a query may know beyond the entry itself. */
export interface About {
  /** An actor's name, so that `actor:` finds it by that too. */
  name(actor: string): string
}

export interface Query {
  /** Whether an entry is one of those that were asked for. */
  matches(entry: Entry, about?: About): boolean
  /** What was not understood, each in a sentence; the rest of the query holds. */
  readonly misunderstood: readonly string[]
}

/** What an entry says under one name. A question asks whether its words occur in it. */
type Field = (entry: Entry, about: About) => string

const fields: Readonly<Record<string, Field>> = {
  type: (entry) => (entry.kind === 'event' ? `${entry.type} ${eventWords(entry.type)}` : ''),
  actor: ({ actor }, { name }) => `${actor} ${name(actor)}`,
  kind: ({ kind }) => kind,
  state: (entry) => (entry.kind === 'step' ? stateWords(entry.value) : ''),
  direction: (entry) => (entry.kind === 'frame' ? entry.direction : ''),
  what: (entry) => (entry.kind === 'frame' ? entry.what : ''),
  source: (entry, { name }) =>
    entry.kind === 'event' && entry.source !== null ? `${entry.source} ${name(entry.source)}` : '',
  position: (entry) => (entry.kind === 'frame' ? (entry.position ?? '') : ''),
  seq: ({ seq }) => String(seq),
}

/** Numbers and fixed words are meant whole: `seq:1` is not `seq:12`. */
const whole: ReadonlySet<string> = new Set(['kind', 'direction', 'what', 'seq'])

const choices: Readonly<Record<string, readonly string[]>> = {
  kind: ['event', 'step', 'frame'],
  direction: ['in', 'out'],
  what: ['message', 'send', 'gap', 'error'],
}

function everything(entry: Entry, about: About): string {
  const said = entry.kind === 'frame' ? `${entry.what} ${entry.text ?? ''}` : ''
  const names = ['type', 'actor', 'state', 'position'].map((name) => fields[name]?.(entry, about) ?? '')
  return [...names, said].join(' ')
}

type Condition = (entry: Entry, about: About) => boolean

function conditionOf(name: string | undefined, words: string): Condition {
  const wanted = words.toLowerCase()
  if (name === undefined) return (entry, about) => everything(entry, about).toLowerCase().includes(wanted)
  const field = fields[name] ?? everything
  if (whole.has(name)) return (entry, about) => field(entry, about) === wanted
  return (entry, about) => field(entry, about).toLowerCase().includes(wanted)
}

function complaintOf(name: string, words: string): string | undefined {
  if (!Object.hasOwn(fields, name)) return `There is no “${name}:”. There are ${Object.keys(fields).join(', ')}.`
  if (words === '') return `“${name}:” needs a word after it.`
  const known = choices[name]
  if (known?.includes(words.toLowerCase()) === false) return `“${name}:” is one of ${known.join(', ')}.`
  return undefined
}

/** A minus, a name with a colon, and a word or something in quotes. */
const term = /(-?)(?:([a-z]+):)?(?:"([^"]*)("?)|([^\s"]*))/giy

interface Term {
  readonly negated: boolean
  readonly name: string | undefined
  readonly words: string
  readonly isOpen: boolean
}

function termsOf(text: string): Term[] {
  const terms: Term[] = []
  let from = 0
  while (from < text.length) {
    term.lastIndex = from
    const [all = '', minus, name, quoted, close, bare] = term.exec(text) ?? []
    from += Math.max(1, all.length)
    if (all.trim() === '') continue
    const isOpen = quoted !== undefined && close === ''
    terms.push({ negated: minus === '-', name: name?.toLowerCase(), words: quoted ?? bare ?? '', isOpen })
  }
  return terms
}

const mostText = 1_000

/**
 * Reads a query. An empty one matches everything; `actor:a actor:b` asks for either, all else must hold together.
 *
 * @example
 * const { matches, misunderstood } = parseQuery('type:after -actor:manager')
 * const rows = session.entries(app).filter((entry) => matches(entry))
 */
export function parseQuery(text: string): Query {
  const misunderstood: string[] = []
  const excluded: Condition[] = []
  const wanted = new Map<string, Condition[]>()
  for (const [index, { negated, name, words, isOpen }] of termsOf(text.slice(0, mostText)).entries()) {
    const complaint = name === undefined ? undefined : complaintOf(name, words)
    if (isOpen) misunderstood.push('A quotation mark is not closed.')
    if (complaint !== undefined) misunderstood.push(complaint)
    if (complaint !== undefined || words === '') continue
    const condition = conditionOf(name, words)
    const group = name ?? `words ${index}`
    if (negated) excluded.push(condition)
    else wanted.set(group, [...(wanted.get(group) ?? []), condition])
  }
  const groups = [...wanted.values()]
  const matches = (entry: Entry, about: About = { name: () => '' }): boolean =>
    groups.every((either) => either.some((condition) => condition(entry, about))) &&
    !excluded.some((condition) => condition(entry, about))
  return { matches, misunderstood }
}
