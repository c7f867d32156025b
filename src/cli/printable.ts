/**
 * Other people's text on a terminal. A server could otherwise move the cursor, rename the window or write the clipboard.
 *
 * @module
 */

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is being replaced (ECMA-48, C0 and C1)
const CONTROLS = /[\0-\x08\x0b-\x1f\x7f-\x9f]/g

/** The text with every control character but tab and line feed made visible, as Unicode's control pictures. */
export function printable(text: string): string {
  return text.replace(CONTROLS, (character) => {
    const code = character.charCodeAt(0)
    if (code < 0x20) return String.fromCharCode(0x2400 + code)
    return code === 0x7f ? '\u2421' : '\ufffd'
  })
}

/** One line of it: for positions, names and sentences that stand inside a line of ours. */
export function printableLine(text: string, longest = 200): string {
  const line = printable(text).replaceAll('\n', '\u240a')
  return line.length > longest ? `${line.slice(0, longest)}…` : line
}

/** Whether the text can be shown, copied and pasted as it is. */
export function isPrintable(text: string): boolean {
  return printableLine(text, Number.POSITIVE_INFINITY) === text
}
