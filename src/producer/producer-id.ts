/**
 * The name of a producer.
 *
 * @module
 */

/** 128 random bits in hex. Not `randomUUID`: a page over plain HTTP does not have it. */
export function producerId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
