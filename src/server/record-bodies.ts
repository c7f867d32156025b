/**
 * From the bytes of an append to records, by content type.
 *
 * @module
 */

import { isUtf8 } from 'node:buffer'
import type { StreamKind } from './content-type.ts'
import { jsonElements, jsonShape, oneLine } from './json-text.ts'
import type { Limits } from './limits.ts'
import { Refusal } from './problem.ts'
import type { RecordBody } from './stores/store.ts'

/** What a body is measured by. */
type BodyLimits = Pick<Limits, 'recordsPerAppend' | 'jsonDepth' | 'jsonKeys'>

/**
 * The records in a body that is not empty.
 *
 * @param emptyList whether `[]` is good: it creates an empty stream, but appends nothing, which is a mistake.
 */
export function recordBodies(
  kind: StreamKind,
  bytes: Buffer,
  emptyList: boolean,
  limits: BodyLimits,
): readonly RecordBody[] {
  if (kind === 'bytes') return [bytes]
  if (!isUtf8(bytes)) throw new Refusal(400, 'invalid_utf8', 'The body is not valid UTF-8.')
  const text = bytes.toString()
  return kind === 'text' ? [text] : jsonBodies(text, emptyList, limits)
}

/** JSON arrays are flattened by one level, as in the base protocol: `[[1,2],[3]]` is two records. */
function jsonBodies(text: string, emptyList: boolean, limits: BodyLimits): readonly string[] {
  const { depth, keys } = jsonShape(text)
  if (depth > limits.jsonDepth) throw new Refusal(400, 'too_deep', `JSON may nest ${limits.jsonDepth} deep.`)
  if (keys > limits.jsonKeys)
    throw new Refusal(400, 'too_many_keys', `A JSON object may have ${limits.jsonKeys} members.`)
  const value = parseJson(text)
  if (!Array.isArray(value)) return [oneLine(text)]
  if (value.length === 0 && !emptyList) throw new Refusal(400, 'empty_append', 'An empty list appends nothing.')
  if (value.length > limits.recordsPerAppend)
    throw new Refusal(413, 'too_many_records', `One append may hold ${limits.recordsPerAppend} records.`)
  return jsonElements(text)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Refusal(400, 'bad_json', 'The body is not valid JSON.')
  }
}
