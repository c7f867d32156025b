/**
 * Which transport reads an answer, judged by its head alone.
 *
 * @module
 */
import { type AnswerHead, mediaType } from '../transports/http-answer.ts'
import { HEADERS } from '../wire/names.ts'
import type { Via } from './options.ts'

/** Text that is structured in lines, beside `text/*`. */
const LINED = /^(?:|text\/.*|application\/(?:.*\+)?(?:xml|yaml|x-yaml|javascript|x-www-form-urlencoded))$/

/** JSON under all the names that streaming servers give it; `application/json` too, because Kubernetes, Docker and CouchDB send lines under it. */
const JSON_LINES = /^application\/(?:(?:.*\+)?json|(?:x-)?(?:ndjson|jsonl|jsonlines|ldjson)|json-lines|stream\+json)$/

/** What to ask for when anything will do. */
export const acceptAnything =
  'text/event-stream, application/x-ndjson, application/json-seq, application/json;q=0.9, text/plain;q=0.8, */*;q=0.5'

/**
 * The transport for an answer.
 *
 * @param method - of the request: a stream server answers a POST too, but only its GET is a read that can be taken up again
 */
export function guessVia(answer: Pick<AnswerHead, 'header'>, method: string): Via {
  const type = mediaType(answer)
  if (method === 'GET' && type !== 'text/event-stream' && isStreamServer(answer)) return 'durable'
  if (type === 'text/event-stream') return 'sse'
  if (type === 'application/json-seq') return 'json-seq'
  if (JSON_LINES.test(type)) return 'ndjson'
  return LINED.test(type) ? 'lines' : 'bytes'
}

function isStreamServer(answer: Pick<AnswerHead, 'header'>): boolean {
  return answer.header(HEADERS.protocol) !== undefined || answer.header(HEADERS.nextOffset) !== undefined
}
