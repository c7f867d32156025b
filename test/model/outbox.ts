/**
 * Something to send that is not ready: its codec waits. The same on every transport, whose sockets take what is ready at once.
 *
 * @module
 */
import type { Codec } from '../../src/codecs/codec.ts'
import { gate } from '../../src/testing/index.ts'

export interface HeldOutbox {
  readonly codec: Codec
  /** What is encoded from now on waits. */
  hold(): void
  /** It is encoded and goes out. */
  release(): void
}

export function heldOutbox(): HeldOutbox {
  const encoding = gate()
  let held = false
  return {
    codec: { decode: (data) => data, encode: (data) => (held ? encoding().then(() => data) : data) },
    hold() {
      held = true
    },
    release() {
      // Whatever comes to be encoded only now does not wait either: the outbox itself is loaded with the first message.
      held = false
      encoding.open()
    },
  }
}
