/**
 * The terms of a stream in a file, computed rather than written.
 *
 * An opening of the file after which acknowledged records may be missing counts as a boot. A stream's row says in which
 * boot it was written last, and each boot since then is one term more, starting at the tail. Reading a stream need not
 * write the new terms down, and a loss of power cannot take them back, as it could if they were rows of their own.
 *
 * @module
 */

import { StoreError, type TermStart } from './store.ts'

/** So many the protocol asks a stream to remember. */
const REMEMBERED = 64

/** An offset has four hex digits for it. A stream that gets so far stays there: refusing to write it would be worse. */
const LAST_TERM = 0xffff

/** The terms after so many more boots. */
export function termsAfter(terms: readonly TermStart[], boots: number, tail: number): readonly TermStart[] {
  const last = terms.at(-1)?.term ?? 0
  const count = Math.min(boots, LAST_TERM - last)
  const skipped = Math.max(0, count - REMEMBERED)
  const added = Array.from({ length: count - skipped }, (_, index) => ({
    term: last + skipped + index + 1,
    after: tail,
  }))
  return added.length === 0 ? terms : [...terms, ...added].slice(-REMEMBERED)
}

export function termsToText(terms: readonly TermStart[]): string {
  return terms.map(({ term, after }) => `${term}:${after}`).join(' ')
}

const TERMS = /^\d{1,5}:\d{1,16}(?: \d{1,5}:\d{1,16})*$/

/** @throws StoreError `broken` for what {@link termsToText} cannot have written. */
export function termsFromText(text: string): readonly TermStart[] {
  if (!TERMS.test(text)) throw new StoreError('broken', 'The file of the store is damaged: there are no proper terms.')
  return text.split(' ').map((entry) => {
    const [term = 0, after = 0] = entry.split(':').map(Number)
    return { term, after }
  })
}
