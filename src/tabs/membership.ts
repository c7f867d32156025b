/**
 * One connection of one tab among all that ask for the same: its name, its channels, its locks. It lasts for one attempt and its link.
 *
 * @module
 */
import { type FollowerLine, type Hall, openChannel } from './channel.ts'
import { hallFrame, leaderFrame } from './checked-frames.ts'
import type { FollowerFrame, HallFrame, LeaderFrame } from './frames.ts'
import { type Held, hold } from './locks.ts'
import type { TabPlatform } from './platform.ts'

export interface Membership {
  readonly id: string
  readonly platform: TabPlatform
  /** The lock that the leader holds. */
  readonly election: string
  readonly hall: Hall
  /** Where the leader answers this member. */
  readonly line: FollowerLine
  /** Names the line to a member, and the lock that it holds for as long as it is there. */
  lineOf(member: string): string
  /** Gives the lock back when the member leaves. */
  keep(held: Held): void
  /** Closes the channels and gives everything back. Idempotent. */
  leave(): void
}

/** Rejects where the platform allows no locks. */
export async function enter(platform: TabPlatform, name: string): Promise<Membership> {
  const id = crypto.randomUUID()
  const lineOf = (member: string): string => `${name} ${member}`
  // Before anybody hears of it: who finds this lock free takes the member for gone.
  const own = await hold(platform.locks, lineOf(id))
  const kept: (Held | undefined)[] = [own]
  const hall = openChannel<HallFrame, HallFrame>(platform, name, hallFrame)
  const line = openChannel<LeaderFrame, FollowerFrame>(platform, lineOf(id), leaderFrame)
  let here = true
  return {
    id,
    platform,
    election: name,
    hall,
    line,
    lineOf,
    keep(held) {
      if (here) kept.push(held)
      else held.release()
    },
    leave() {
      here = false
      hall.close()
      line.close()
      for (const held of kept.splice(0)) held?.release()
    },
  }
}
