/**
 * Base64url without padding (RFC 4648 section 5), in its only canonical form.
 *
 * @module
 */

/**
 * Whether no other text stands for the same bytes. Decoders drop the unused bits of the last character, so that a changed
 * token could still decrypt: RFC 4648 section 3.5 lets us refuse it.
 */
export function isBase64url(text: string): boolean {
  if (/[^\w-]/.test(text)) return false
  const last = text.slice(-1)
  switch (text.length % 4) {
    case 0:
      return true
    case 2:
      return 'AQgw'.includes(last)
    case 3:
      return 'AEIMQUYcgkosw048'.includes(last)
    default:
      return false
  }
}

/** How many characters so many bytes take. */
export function base64urlLength(bytes: number): number {
  return Math.ceil((bytes * 4) / 3)
}
