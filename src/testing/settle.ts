/**
 * Waiting for what sockets bring about: until it is so, and never longer than a test should hang.
 *
 * @module
 */
import { turn } from './clock.ts'

export interface Patience {
  /** The longest wait, in real milliseconds. Default 5,000. */
  readonly timeout?: number | undefined
}

/**
 * Looks at a condition once a turn of the event loop, until it holds.
 *
 * @throws Error after `timeout`, with what `describe` says.
 */
export async function settle(
  condition: () => boolean | Promise<boolean>,
  { describe, timeout = 5_000 }: Patience & { readonly describe?: (() => string) | undefined } = {},
): Promise<void> {
  const started = performance.now()
  while (!(await condition())) {
    if (performance.now() - started > timeout) {
      throw new Error(`The condition did not hold within ${timeout} ms. ${describe?.() ?? ''}`.trim())
    }
    await turn()
  }
}

/** What {@link until} needs of an actor. */
export interface Watched<Snapshot> {
  getSnapshot(): Snapshot
}

/**
 * Waits until an actor's snapshot satisfies the predicate; answers that snapshot. Unlike XState's `waitFor` it sees what is
 * folded into the snapshot without an event, and it holds for an actor that is done.
 *
 * @throws Error after `timeout`.
 * @example
 * await until(actor, (snapshot) => snapshot.matches('connected'))
 */
export async function until<Snapshot>(
  actor: Watched<Snapshot>,
  predicate: (snapshot: Snapshot) => boolean,
  patience: Patience = {},
): Promise<Snapshot> {
  const value = (): string => {
    const snapshot: unknown = actor.getSnapshot()
    return typeof snapshot === 'object' && snapshot !== null && 'value' in snapshot
      ? JSON.stringify(snapshot.value)
      : ''
  }
  await settle(() => predicate(actor.getSnapshot()), { ...patience, describe: () => `The actor is in ${value()}.` })
  return actor.getSnapshot()
}
