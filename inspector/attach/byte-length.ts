/**
 * How large a content is, as far as that can be known without walking it.
 *
 * @module
 */

/** Bytes of a text or of binary data, 0 for anything else. Of a long text, its length in UTF-16: encoding it would cost its size. */
export function byteLengthOf(content: unknown): number {
  if (typeof content === 'string') {
    return content.length > 4_096 ? content.length : new TextEncoder().encode(content).byteLength
  }
  return content instanceof ArrayBuffer || ArrayBuffer.isView(content) ? content.byteLength : 0
}
