/**
 * What follows `statewire` on a command line, and which of it was meant.
 *
 * @module
 */

/** In the order of `--help`. */
export const commandNames = ['tail', 'serve', 'export', 'inspect', 'coverage'] as const

/** Slips of a hand in a word as short as these. */
const MOST_SLIPS = 2

/** All of them, as words in a sentence. */
export function allCommands(): string {
  return `${commandNames.slice(0, -1).join(', ')} and ${commandNames.at(-1)}`
}

/** The command that somebody has most likely meant; `undefined` when it is like none of them. */
export function meantCommand(typed: string): string | undefined {
  // Whoever leaves the command out before an address wants to read it.
  if (/^(?:http|ws)s?:/i.test(typed)) return 'tail'
  const word = typed.toLowerCase()
  // Longer than any slip makes a name; the comparison grows with its length.
  if (word.length > 16) return undefined
  const [nearest] = commandNames
    .map((name) => ({ name, slips: slipsBetween(word, name) }))
    .sort((one, other) => one.slips - other.slips)
  // With half of its letters wrong a short word is another word.
  return nearest !== undefined && nearest.slips <= Math.min(MOST_SLIPS, word.length / 2) ? nearest.name : undefined
}

/** Letters to put in, leave out, change or swap with their neighbour until one word is the other. */
function slipsBetween(one: string, other: string): number {
  const rows = [Array.from({ length: other.length + 1 }, (_, column) => column)]
  const at = (row: number, column: number): number => rows[row]?.[column] ?? Number.POSITIVE_INFINITY
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row]
    rows.push(current)
    for (let column = 1; column <= other.length; column += 1) {
      const isSame = one[row - 1] === other[column - 1]
      const isSwapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]
      const changed = at(row - 1, column - 1) + (isSame ? 0 : 1)
      const swapped = isSwapped ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY
      current[column] = Math.min(at(row - 1, column) + 1, at(row, column - 1) + 1, changed, swapped)
    }
  }
  return at(one.length, other.length)
}
