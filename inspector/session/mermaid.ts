/**
 * A part of a session as the text of a Mermaid sequence diagram, for an issue or a page of docs.
 *
 * @module
 */
import { type Arrow, type Lane, sequenceOf } from './sequence.ts'
import type { Session } from './session.ts'

/** Mermaid gives up on long texts; so do readers. */
const mostArrows = 400

/** Semicolons, hashes and line ends are syntax there, and names come from strangers: what is not plain is its number. */
function inert(text: string): string {
  return [...text.slice(0, 120)]
    .map((character) => (/[\p{L}\p{N} .,:_/×()+*-]/u.test(character) ? character : `#${character.codePointAt(0)};`))
    .join('')
}

function line({ from, to, kind, words }: Arrow, names: ReadonlyMap<string, string>): string {
  const stroke = { user: '->>', message: '->>', done: '-->>', timer: '-->>', error: '-x' }[kind]
  return `  ${names.get(from)}${stroke}${names.get(to)}: ${inert(words)}`
}

function participant({ title, kind }: Lane, name: string): string {
  return `  ${kind === 'app' ? 'actor' : 'participant'} ${name} as ${inert(title)}`
}

/**
 * What was sent between two instants. At most 400 arrows; a note says how many are missing.
 *
 * @example
 * mermaid(session, app, now - 5_000, now)
 */
export function mermaid(session: Session, app: string, from: number, to: number): string {
  const { lanes, arrows } = sequenceOf(session, app, { from, to })
  const names = new Map(lanes.map(({ id }, index) => [id, `lane${index}`]))
  const participants = lanes.map((lane) => participant(lane, names.get(lane.id) ?? ''))
  const lines = arrows.slice(0, mostArrows).map((arrow) => line(arrow, names))
  const missing = arrows.length - lines.length
  const note = missing > 0 ? [`  Note over lane0: ${missing} more`] : []
  return ['sequenceDiagram', ...participants, ...lines, ...note, ''].join('\n')
}
