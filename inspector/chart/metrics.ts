/**
 * Text widths without a browser, so that a chart is laid out alike in Node and in the page, before any font is there.
 *
 * @module
 */

/** System fonts differ by up to this much from the table; a box that is a little wide hurts nobody, a cut word does. */
const allowance = 1.08

const monoEm = 0.602

// Advance widths of a grotesque at weight 600, in em. What is not listed is an ordinary lower-case letter.
const narrow = new Set("ijlI.,:;'|!")
const slim = new Set('frt()[]-/ ')
const wide = new Set('mwMW@%')

function sansEm(character: string): number {
  if (narrow.has(character)) return 0.29
  if (slim.has(character)) return 0.39
  if (wide.has(character)) return 0.88
  return character >= 'A' && character <= 'Z' ? 0.69 : 0.58
}

/** Width of a line in pixels. `mono` for what came from code, `sans` for names of states. */
export function textWidth(text: string, size: number, face: 'mono' | 'sans'): number {
  let em = 0
  for (const character of text) em += face === 'mono' ? monoEm : sansEm(character)
  return Math.ceil(em * size * allowance)
}
