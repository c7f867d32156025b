/**
 * Tickets to the page. What starts a browser gets its address as an argument, which every account of the machine can read while it
 * runs: so it gets one that works once, and not for long.
 *
 * @module
 */
import { newToken } from './tokens.ts'

/** How long a ticket is good for, in ms. */
const VALID_FOR = 30_000

export interface Tickets {
  issue(): string
  /** Whether it was good. It is not any more. */
  use(ticket: string): boolean
}

/** @param now - a monotonic clock, in ms */
export function createTickets(now: () => number): Tickets {
  const issued = new Map<string, number>()
  return {
    issue() {
      // A page with a link to the inspector may ask for one each time it is shown.
      for (const [ticket, until] of issued) if (until < now()) issued.delete(ticket)
      const ticket = newToken()
      issued.set(ticket, now() + VALID_FOR)
      return ticket
    },
    use(ticket) {
      const until = issued.get(ticket)
      return issued.delete(ticket) && until !== undefined && now() <= until
    },
  }
}
