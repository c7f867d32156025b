/**
 * A position as the value of a header.
 *
 * @module
 */

/** The event stream standard wants UTF-8 in a header that can only hold bytes as Latin-1 characters (WHATWG HTML, section 9.2.3). */
export function utf8AsLatin1(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('')
}
