/**
 * Who asks a leader for its stream is let in, is kept waiting, or is sent to the server.
 *
 * @module
 */
import { openChannel } from './channel.ts'
import { followerFrame } from './checked-frames.ts'
import type { FollowerFrame, HallFrame, LeaderFrame } from './frames.ts'
import type { Listener } from './hub.ts'
import type { Membership } from './membership.ts'
import type { Ring } from './ring.ts'

export type Seek = Extract<HallFrame, { type: 'seek' }>

/** So long a follower that stands elsewhere is kept waiting: after a hand-over the new leader may still have to come by there. In ms. */
const GRACE = 500

/** Whoever stands where the leader has not been yet, or no more, waits a moment before it is sent to the server. */
export class Admission implements Listener {
  readonly wants = false
  readonly #waiting = new Map<string, { readonly seek: Seek; readonly timer: unknown }>()
  readonly #member: Membership
  readonly #ring: Ring
  readonly #over: AbortSignal
  readonly #welcome: (seek: Seek, next: number) => void

  constructor(member: Membership, ring: Ring, over: AbortSignal, welcome: (seek: Seek, next: number) => void) {
    this.#member = member
    this.#ring = ring
    this.#over = over
    this.#welcome = welcome
  }

  seek(seek: Seek): void {
    if (this.#over.aborted || this.#waiting.has(seek.member)) return
    const next = this.#ring.find(seek.position, seek.beginning)
    if (next !== undefined) {
      this.#welcome(seek, next)
      return
    }
    const timer = this.#member.platform.clock.setTimeout(() => {
      this.#waiting.delete(seek.member)
      answer(this.#member, seek.member, { type: 'elsewhere', leader: this.#member.id })
    }, GRACE)
    this.#waiting.set(seek.member, { seek, timer })
    answer(this.#member, seek.member, { type: 'dialling', leader: this.#member.id })
  }

  flush(): void {
    for (const [id, { seek, timer }] of this.#waiting) {
      const next = this.#ring.find(seek.position, seek.beginning)
      if (next === undefined) continue
      this.#member.platform.clock.clearTimeout(timer)
      this.#waiting.delete(id)
      this.#welcome(seek, next)
    }
  }

  end(): void {
    for (const { timer } of this.#waiting.values()) this.#member.platform.clock.clearTimeout(timer)
    this.#waiting.clear()
  }
}

/** One word to a tab that is no guest. */
export function answer(member: Membership, to: string, frame: LeaderFrame): void {
  const line = openChannel<FollowerFrame, LeaderFrame>(member.platform, member.lineOf(to), followerFrame)
  line.post(frame)
  line.close()
}
