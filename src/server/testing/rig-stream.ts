/**
 * A stream in memory whose changes can be looked at in the same turn: what a test appends is there on the next line.
 *
 * @module
 */

import { offsetAt } from '../cursor.ts'
import type { ServerStream, StreamPosition, StreamRecord } from '../server-stream.ts'
import { handedOut } from '../server-stream.ts'
import type { StoredRecord, StreamHead, StreamStore } from '../stores/store.ts'

export interface RigStream {
  readonly path: string
  readonly tail: StreamPosition
  readonly earliest: StreamPosition
  readonly closed: boolean
  append(...records: readonly unknown[]): StreamPosition
  close(): void
  delete(): void
  trim(through: number): void
  /** What was appended after a sequence, in this generation. */
  read(after?: number, limit?: number): readonly StreamRecord[]
}

/** Hears everything that happens in a store. */
export class RigStreams {
  readonly #heads = new Map<string, StreamHead>()
  readonly #records = new Map<string, StoredRecord[]>()

  constructor(store: StreamStore) {
    store.watch(({ path, head, records }) => {
      if (head === null) this.#heads.delete(path)
      else {
        if (this.#heads.get(path)?.gen !== head.gen) this.#records.set(path, [])
        this.#heads.set(path, head)
        this.#records.get(path)?.push(...records)
      }
    })
  }

  /** The stream, created when it is not there. */
  stream(stream: ServerStream): RigStream {
    const { path } = stream
    const head = (): StreamHead => {
      if (!this.#heads.has(path)) void stream.create()
      const known = this.#heads.get(path)
      if (known === undefined) throw new Error(`The store did not create ${path} at once.`)
      return known
    }
    const at = (seq: number): StreamPosition => ({ offset: offsetAt(head(), seq), seq })
    head()
    return {
      path,
      get tail() {
        return at(head().tail)
      },
      get earliest() {
        return at(head().earliest)
      },
      get closed() {
        return head().state === 'closed'
      },
      append(...records) {
        head()
        void stream.append(...records)
        return at(head().tail)
      },
      close: () => void stream.close(),
      delete: () => void stream.delete(),
      trim: (through) => void stream.trim({ through }),
      read: (after = 0, limit = 1000) =>
        (this.#records.get(path) ?? [])
          .filter(({ seq }) => seq > Math.max(after, head().earliest))
          .slice(0, limit)
          .map((record) => handedOut(head(), record)),
    }
  }
}
