/**
 * The records that are broadcast, and how they are counted without being parsed.
 *
 * @module
 */

/** Two bytes of UTF-8 (0xC2 0xA7) that stand once in each record, and nowhere in the framing of any contender. */
export const MARK = Buffer.from('§')

/** JSON of a record. */
const RECORD_BYTES = 200

/** A record of 200 bytes as JSON text. */
export function recordText(seq: number): string {
  const empty = JSON.stringify({ seq, text: MARK.toString() })
  return JSON.stringify({ seq, text: MARK.toString().padEnd(RECORD_BYTES - Buffer.byteLength(empty) + 1, 'x') })
}

/** Counts marks in the bytes of one connection, whole or split over two chunks. */
export class MarkCount {
  marks = 0
  /** The last chunk ended in the mark's first byte. */
  #split = false

  take(chunk: Buffer): void {
    if (this.#split && chunk[0] === MARK[1]) this.marks += 1
    for (let at = chunk.indexOf(MARK); at !== -1; at = chunk.indexOf(MARK, at + MARK.length)) this.marks += 1
    this.#split = chunk.at(-1) === MARK[0]
  }
}
