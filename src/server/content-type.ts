/**
 * What a stream is made of, by the content type it was created with.
 *
 * @module
 */

/** `json`: values. `text`: strings, for any `text/*`. `bytes`: everything else. */
export type StreamKind = 'json' | 'text' | 'bytes'

export const DEFAULT_CONTENT_TYPE = 'application/octet-stream'

/** RFC 9110 section 8.3.1 with printable ASCII in the parameters: nothing that could end a header line. */
const MEDIA_TYPE = /^[\w!#$&^.+-]{1,127}\/[\w!#$&^.+-]{1,127}[ \t]*(?:;[ -~]{0,200})?$/

/** Whether this can be the content type of a stream. */
export function isContentType(text: string): boolean {
  return MEDIA_TYPE.test(text)
}

/** The type without parameters and case: what has to agree between a stream and what is appended to it. */
export function essenceOf(contentType: string): string {
  return (contentType.split(';', 1)[0] ?? '').trim().toLowerCase()
}

/** What records a stream of this content type holds. */
export function kindOf(contentType: string): StreamKind {
  const essence = essenceOf(contentType)
  if (essence === 'application/json') return 'json'
  return essence.startsWith('text/') ? 'text' : 'bytes'
}
