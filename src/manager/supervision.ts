/**
 * Whether a connection that ended is started again: the restart types and the intensity limit of OTP's supervisors. Pure: what
 * happened, when and the random number are handed in.
 *
 * @module
 */
import { backoffDelay } from '../connection/backoff.ts'
import { TransportError } from '../errors.ts'

/**
 * `permanent`: always started again, also when its protocol came to an end. `transient`: when it failed. `temporary`: never.
 * What somebody closed stays closed.
 */
export type RestartType = 'permanent' | 'transient' | 'temporary'

/** When a connection that ended is started again, and how often. */
export interface RestartPolicy {
  /** Default `temporary`. */
  readonly type?: RestartType | undefined
  /** So many restarts within {@link period}; with the next failure the manager gives up (`restarts_spent`). Default 5. */
  readonly maxRestarts?: number | undefined
  /** In ms. Default 300,000. */
  readonly period?: number | undefined
  /** The first window of the full-jitter backoff between restarts, in ms. Default 1,000. */
  readonly base?: number | undefined
  /** The widest window, in ms. Default 30,000. */
  readonly cap?: number | undefined
}

/** The policy with nothing left open. */
export type Restarting = { readonly [Name in keyof RestartPolicy]-?: Exclude<RestartPolicy[Name], undefined> }

/** How a connection ended: the work was done, somebody closed it, or it failed (rests in `error`, or its logic threw). */
export type Ended =
  | { readonly how: 'done' }
  | { readonly how: 'closed' }
  | { readonly how: 'failed'; readonly error: TransportError }

/** What becomes of it. */
export type Verdict =
  | { readonly verdict: 'leave' }
  | { readonly verdict: 'restart'; readonly delay: number; readonly restarts: readonly number[] }
  | { readonly verdict: 'giveUp'; readonly error: TransportError }

const types: readonly unknown[] = ['permanent', 'transient', 'temporary'] satisfies RestartType[]

/**
 * Fills in the defaults.
 *
 * @throws TransportError `bad_option`
 */
export function restartingOf(given: RestartType | RestartPolicy = 'temporary'): Restarting {
  const { base = 1_000, cap = 30_000, maxRestarts = 5, period = 300_000, type = 'temporary' } = policyOf(given)
  if (!types.includes(type)) throw badRestart('type', `one of ${types.join(', ')}`)
  if (!(maxRestarts >= 0)) throw badRestart('maxRestarts', 'zero or more')
  for (const [name, value] of Object.entries({ base, cap, period })) {
    if (!(value > 0)) throw badRestart(name, 'above 0')
  }
  return { type, maxRestarts, period, base, cap }
}

function policyOf(given: RestartType | RestartPolicy): RestartPolicy {
  return typeof given === 'object' && given !== null ? given : { type: given }
}

function badRestart(name: string, expected: string): TransportError {
  return new TransportError('bad_option', `Option restart.${name} must be ${expected}.`)
}

/**
 * The verdict on a connection that ended.
 *
 * @param restarts - when it was restarted, the earliest first.
 * @param chance - a random number from 0 up to 1.
 */
export function verdictOn(
  ended: Ended,
  policy: Restarting,
  restarts: readonly number[],
  now: number,
  chance: number,
): Verdict {
  if (!wantsRestart(ended, policy)) return { verdict: 'leave' }
  const recent = restarts.filter((then) => now - then < policy.period)
  if (recent.length >= policy.maxRestarts) return { verdict: 'giveUp', error: spent(ended, policy) }
  const floor = ended.how === 'failed' ? (ended.error.retryAfterMs ?? 0) : 0
  const attempt = recent.length + 1
  const delay = backoffDelay({ base: policy.base, cap: policy.cap, attempt, chance, floor, crowd: false })
  return { verdict: 'restart', delay, restarts: [...recent, now] }
}

function wantsRestart({ how }: Ended, { type }: Restarting): boolean {
  if (how === 'closed' || type === 'temporary') return false
  return how === 'failed' || type === 'permanent'
}

function spent(ended: Ended, { maxRestarts, period }: Restarting): TransportError {
  return new TransportError(
    'restarts_spent',
    `The connection was restarted ${maxRestarts} times within ${period} ms and ended again.`,
    ended.how === 'failed' ? { cause: ended.error } : {},
  )
}
