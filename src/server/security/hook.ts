/**
 * Asking the application.
 *
 * @module
 */

import type { Clock } from '../clock.ts'

/** A hook that waits for a database which is gone would keep every request, and every socket, open with it. */
const HOOK_TIMEOUT_MS = 10_000

/**
 * What a hook answers, now or later.
 *
 * @throws what it throws, and Error when it takes longer than 10 s.
 */
export async function askHook<Answer>(
  clock: Clock,
  name: string,
  ask: () => Answer | Promise<Answer>,
): Promise<Answer> {
  const answer = ask()
  // Most hooks answer at once, and a timer for each request is not free.
  if (!isThenable(answer)) return answer
  return new Promise((resolve, reject) => {
    const timer = clock.setTimeout(
      () => reject(new Error(`${name} did not answer within ${HOOK_TIMEOUT_MS / 1000} s.`)),
      HOOK_TIMEOUT_MS,
    )
    Promise.resolve(answer)
      .then(resolve, reject)
      .finally(() => clock.clearTimeout(timer))
  })
}

/** Query builders answer with objects that are awaited like promises and are none. */
function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
