/**
 * Several values in one message: newline-delimited JSON (https://github.com/ndjson/ndjson-spec), for servers that batch.
 *
 * @module
 */
import { asText, type Codec, json } from './codec.ts'

/**
 * One JSON value a line. A codec makes one message of one message, so listeners get an array: the position is that of the whole
 * batch, and one bad line refuses all of it. For an HTTP body that never ends use the `ndjson` format of `httpStream` instead.
 */
export const ndjson: Codec<unknown[], readonly unknown[]> = {
  decode(data) {
    const lines = asText(data).split('\n')
    return lines.filter((line) => line.trim() !== '').map((line) => json.decode(line))
  },
  encode(values) {
    if (!Array.isArray(values)) throw new TypeError('Expected an array of values.')
    return values.map((value) => `${json.encode(value)}\n`).join('')
  },
}
