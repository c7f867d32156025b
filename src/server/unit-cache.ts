/**
 * What was sent last, in each protocol's form.
 *
 * @module
 */

/** The forms a batch of records has on the wire. */
export type UnitForm = 'sse' | 'ndjson' | 'websocket'

/**
 * Live readers of a stream stand at the same position, so they all want the same bytes: the last unit per form is made
 * once. Keeping more, or a form per record, would triple what a stream holds in memory, and only for those who catch up.
 */
export class UnitCache {
  readonly #last = new Map<UnitForm, { readonly key: string; readonly bytes: Buffer }>()

  /** The unit named `key`, made now unless it is the last one that was made. */
  unit(form: UnitForm, key: string, make: () => string | Buffer): Buffer {
    const last = this.#last.get(form)
    if (last?.key === key) return last.bytes
    const made = make()
    const bytes = typeof made === 'string' ? Buffer.from(made) : made
    this.#last.set(form, { key, bytes })
    return bytes
  }
}
