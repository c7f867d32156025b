/**
 * Finding one's place: to lead, to follow who leads, or to read alone.
 *
 * @module
 */
import { TransportError } from '../errors.ts'
import { revive } from './error-facts.ts'
import type { Abilities, Beginning } from './frames.ts'
import { type Held, hold } from './locks.ts'
import type { Membership } from './membership.ts'

export type Seat =
  | { readonly kind: 'leader'; readonly held: Held }
  | {
      readonly kind: 'follower'
      readonly leader: string
      readonly abilities: Abilities
      /** Where the stream begins for this tab, when that is news to it. */
      readonly position: string | null
    }
  /** What comes next for this tab is not to be had from the leader. */
  | { readonly kind: 'alone' }

export interface Wish {
  readonly position: string | null
  readonly beginning: Beginning
  readonly signal: AbortSignal
  /** How long an answer may take, in ms. */
  readonly patience: number
}

/**
 * Resolves with the seat; the line then rests, so that nothing on it is missed. Rejects when the leader has dialled in vain, and
 * when the attempt is given up.
 */
export function takeSeat(member: Membership, { position, beginning, signal, patience }: Wish): Promise<Seat> {
  const { hall, line, platform, election } = member
  const { clock, locks } = platform
  return new Promise((resolve, reject) => {
    const decided = new AbortController()
    let timer: unknown
    /** The right to doubt the leader: one at a time, or two would take the lead from each other. */
    let doubt: Held | undefined
    /** How often it has answered: whoever dials for long is not silent. */
    let answers = 0

    const settle = (act: () => void): void => {
      if (decided.signal.aborted) return
      signal.removeEventListener('abort', giveUp)
      clock.clearTimeout(timer)
      decided.abort()
      hall.rest()
      line.rest()
      doubt?.release()
      act()
    }
    const fail = (error: unknown): void => settle(() => reject(error))
    const giveUp = (): void => fail(new TransportError('aborted', 'The attempt was given up.'))

    const seek = (): void => hall.post({ type: 'seek', member: member.id, position, beginning })
    const stand = (options: LockOptions): void => {
      hold(locks, election, options).then(
        (held) => {
          if (held === undefined) return
          // Too late: somebody else has let us in meanwhile.
          if (decided.signal.aborted) return held.release()
          settle(() => resolve({ kind: 'leader', held }))
        },
        (error: unknown) => {
          // The end of waiting is an error, too; who is robbed of a lock it no longer waits for does not care.
          if (!decided.signal.aborted && !isAbort(error)) fail(error)
        },
      )
    }
    const wait = (): void => {
      clock.clearTimeout(timer)
      const asked = clock.now()
      timer = clock.setTimeout(() => void doubtful(clock.now() - asked), patience)
    }
    const doubtful = async (waited: number): Promise<void> => {
      const before = answers
      seek()
      // Who has slept itself, or whose timers are throttled, cannot say that another was silent.
      if (waited < 2 * patience) {
        if (doubt !== undefined) return stand({ steal: true })
        const right = await hold(locks, `${election} doubt`, { ifAvailable: true }).catch(() => undefined)
        if (decided.signal.aborted) return right?.release()
        if (answers === before) doubt = right
        else right?.release()
      }
      wait()
    }

    hall.listen((frame) => {
      if (frame.type === 'leading') {
        seek()
        wait()
      } else if (frame.type === 'failed') fail(revive(frame.error))
    })
    line.listen((frame) => {
      if (frame.type === 'dialling') {
        answers += 1
        doubt?.release()
        doubt = undefined
        wait()
      } else if (frame.type === 'elsewhere') settle(() => resolve({ kind: 'alone' }))
      else if (frame.type === 'welcome') {
        const { leader, abilities } = frame
        settle(() => resolve({ kind: 'follower', leader, abilities, position: frame.position }))
      }
    })
    signal.addEventListener('abort', giveUp)
    if (signal.aborted) return giveUp()
    stand({ signal: decided.signal })
    seek()
    wait()
  })
}

function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError'
}
