/**
 * From the bytes of an append to records, by content type.
 *
 * @module
 */

import { isUtf8 } from 'node:buffer'
import { MAX_RECORDS_PER_APPEND } from '../wire/names.ts'
import type { StreamKind } from './content-type.ts'
import { jsonDepth, jsonElements, MAX_JSON_DEPTH, oneLine } from './json-text.ts'
import { Refusal } from './problem.ts'
import type { RecordBody } from './stream-log.ts'

/**
 * The records in a body that is not empty.
 *
 * @param emptyList whether `[]` is good: it creates an empty stream, but appends nothing, which is a mistake.
 */
export function recordBodies(kind: StreamKind, bytes: Buffer, emptyList: boolean): readonly RecordBody[] {
  if (kind === 'bytes') return [bytes]
  if (!isUtf8(bytes)) throw new Refusal(400, 'invalid_utf8', 'The body is not valid UTF-8.')
  const text = bytes.toString()
  return kind === 'text' ? [text] : jsonBodies(text, emptyList)
}

/** JSON arrays are flattened by one level, as in the base protocol: `[[1,2],[3]]` is two records. */
function jsonBodies(text: string, emptyList: boolean): readonly string[] {
  if (jsonDepth(text) > MAX_JSON_DEPTH) throw new Refusal(400, 'too_deep', `JSON may nest ${MAX_JSON_DEPTH} deep.`)
  const value = parseJson(text)
  if (!Array.isArray(value)) return [oneLine(text)]
  if (value.length === 0 && !emptyList) throw new Refusal(400, 'empty_append', 'An empty list appends nothing.')
  if (value.length > MAX_RECORDS_PER_APPEND)
    throw new Refusal(413, 'too_many_records', `One append may hold ${MAX_RECORDS_PER_APPEND} records.`)
  return jsonElements(text)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Refusal(400, 'bad_json', 'The body is not valid JSON.')
  }
}
