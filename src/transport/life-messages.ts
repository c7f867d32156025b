/**
 * Iteration over a plain transport, which may begin before the code of its connection is there.
 *
 * @module
 */
import type { MessageIterator } from '../connection/messages.ts'
import { TransportError } from '../errors.ts'
import type { Message } from '../link.ts'
import type { Life } from './life.ts'

type Iterated<Data> = AsyncIterableIterator<Message<Data>>

/** Listens as soon as there is a connection: before it can be up, whatever the order of the two calls. `null`: it is closed. */
export function iterationOf<Data>(life: Life | Promise<Life> | null): Iterated<Data> {
  const begin = (begun: Life) => begun.messages() as MessageIterator<Data>
  const opening = life instanceof Promise ? life.then(begin, endIfClosed) : life && begin(life)
  // Whoever asks for a message is told; nobody has to.
  if (opening instanceof Promise) opening.catch(() => {})
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    async next() {
      return (await opening)?.next() ?? { done: true, value: undefined }
    },
    async return() {
      const messages = await Promise.resolve(opening).catch(() => null)
      return messages?.return?.() ?? { done: true, value: undefined }
    },
  }
}

/** Closing a transport while it loads ends its iteration as closing it later does. */
function endIfClosed(failure: unknown): null {
  if (failure instanceof TransportError && failure.code === 'aborted') return null
  throw failure
}
