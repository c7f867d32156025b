/**
 * How much a message weighs against a limit in bytes.
 *
 * @module
 */

/**
 * UTF-16 units of text (its exact bytes would mean encoding everything twice), bytes of what is binary. Any other value
 * weighs nothing: it counts as a message only, because measuring an object costs more than delivering it.
 */
export function sizeOf(data: unknown): number {
  if (typeof data === 'string') return data.length
  if (data instanceof ArrayBuffer || ArrayBuffer.isView(data)) return data.byteLength
  return data instanceof Blob ? data.size : 0
}
