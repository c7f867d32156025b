/**
 * The body of an answer as text.
 *
 * @module
 */
import type { HttpBody } from './http-answer.ts'

/** At most `maxBytes` of it; what is not UTF-8 shows as U+FFFD. */
export async function bodyText(body: HttpBody, maxBytes = 65_536): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let left = maxBytes
  const cut = await body.read((chunk) => {
    text += decoder.decode(left < chunk.length ? chunk.subarray(0, left) : chunk, { stream: true })
    left -= chunk.length
    return left > 0
  })
  if (cut) body.cancel()
  return text
}
