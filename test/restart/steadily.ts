/**
 * Sending without a pause, and not in step.
 *
 * @module
 */
import { setImmediate } from 'node:timers/promises'

/** So many are under way at any time: enough for several appends at once. */
const ABREAST = 12

/**
 * Sends 0, 1, 2, … as long as there are `more`, each in a turn of its own: what is sent in one turn leaves as one append, and its senders
 * would all wait for the same answer ever after. Resolves when each is confirmed; rejects with the first failure.
 */
export async function steadily(send: (n: number) => Promise<void>, more: (n: number) => boolean): Promise<void> {
  const underWay = new Set<Promise<void>>()
  const failures: unknown[] = []
  for (let n = 0; more(n) && failures.length === 0; n++) {
    const sending = send(n)
      .catch((error: unknown) => void failures.push(error))
      .finally(() => underWay.delete(sending))
    underWay.add(sending)
    if (underWay.size === ABREAST) await Promise.race(underWay)
    await setImmediate()
  }
  await Promise.all(underWay)
  if (failures.length > 0) throw failures[0]
}
