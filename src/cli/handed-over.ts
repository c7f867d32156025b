/**
 * An answer that is open already, in the shape in which the HTTP transports take one. So the command looks at the content type of one
 * request, and the transport it names reads that very answer: nothing is sent twice.
 *
 * @module
 */
import type { HttpAnswer } from '../transports/http-answer.ts'

/** What the transports ask an answer for. */
const HEADERS = ['content-type', 'retry-after', 'statewire-Protocol'] as const

/** The Fetch standard's null body statuses: a `Response` with one of them must not have a body. */
const NULL_BODY = new Set([204, 205, 304])

/** A `fetch` that sends nothing and gives this answer. For one use. */
export function handedOver(answer: HttpAnswer): typeof globalThis.fetch {
  const headers = new Headers()
  for (const name of HEADERS) {
    const value = answer.header(name)
    if (value !== undefined) headers.set(name, value)
  }
  const { status } = answer
  return async () => {
    if (!NULL_BODY.has(status)) return new Response(bodyStream(answer), { status, headers })
    answer.body.cancel()
    return new Response(null, { status, headers })
  }
}

/** One chunk per pull and none in advance, so that a consumer who does not read still stops the socket. */
function bodyStream({ body }: HttpAnswer): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const more = await body.read((chunk) => {
          controller.enqueue(chunk)
          return false
        })
        if (!more) controller.close()
      },
      cancel: () => body.cancel(),
    },
    { highWaterMark: 0 },
  )
}
