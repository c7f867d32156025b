/**
 * A link that settles only what a test tells it to, for the tests of the outbox.
 *
 * @module
 */
import type { TransportError } from '../errors.ts'
import type { Link, Outgoing } from '../link.ts'

/** A link that keeps what it is given until the test settles it. */
export function holding() {
  const taken: Outgoing[] = []
  const batches: number[] = []
  let take = (): void => {}
  const link: Link = {
    protocol: 'holding',
    read: () => new Promise(() => {}),
    write(batch) {
      taken.push(...batch)
      batches.push(batch.length)
      return new Promise((resolve) => {
        take = resolve
      })
    },
    close() {},
  }
  return { link, taken, batches, ready: () => take() }
}

/** A link that settles whatever it is given at once, and remembers it. */
export function taking() {
  const { link, taken, batches } = holding()
  const write: Link['write'] = async (batch) => {
    void link.write?.(batch)
    for (const item of batch) item.settle()
  }
  return { link: { ...link, write }, taken, batches, values: () => taken.map(({ data }) => data) }
}

/** How a `send()` ended: `sent`, or the error's code. */
export const outcome = (promise: Promise<void>): Promise<string> =>
  promise.then(
    () => 'sent',
    (error: TransportError) => error.code,
  )

/** Outcomes as they come, by name. */
export function recorder() {
  const settled: Record<string, string[]> = {}
  const record = (name: string, promise: Promise<void>): void => {
    void outcome(promise).then((how) => {
      settled[name] = [...(settled[name] ?? []), how]
    })
  }
  return { settled, record }
}
