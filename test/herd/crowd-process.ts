/**
 * The clients of the herd, as a process of its own.
 *
 * @module
 */

import { systemClock } from '../../src/server/clock.ts'
import { answerWith } from '../bench/server/questions.ts'
import { Member, type Protocol } from './member.ts'
import { OwnMember } from './own-member.ts'

/** What it can be asked. */
export interface CrowdProcess {
  /** Lets everybody come, evenly over so many milliseconds. */
  start(order: CrowdOrder): void
  /** How many are reading at this moment. */
  reading(): number
  /** When the bare ones wanted to come, from a time on, in milliseconds since 1970: each the first time, and again. */
  attempts(since: number): { readonly first: readonly number[]; readonly later: readonly number[] }
  /** How everybody is doing: those who have not every record up to this one are `behind`. */
  report(published: number): CrowdReport
}

export interface CrowdOrder {
  readonly clients: number
  /** So many of them are `durableConnection` actors, which weigh more. */
  readonly own: number
  readonly protocol: Protocol
  readonly port: number
  readonly overMs: number
}

export interface CrowdReport {
  readonly behind: number
  readonly lost: number
  readonly repeated: number
  readonly refusals: number
}

let members: readonly (Member | OwnMember)[] = []

answerWith<CrowdProcess>({
  start({ clients, own, protocol, port, overMs }) {
    members = Array.from({ length: clients }, (_, index) =>
      index < own
        ? new OwnMember(`http://127.0.0.1:${port}/v1/stream/herd`, protocol)
        : new Member({ protocol, stream: 'herd', port: () => port, clock: systemClock, random: Math.random }),
    )
    for (const [index, member] of members.entries()) member.start((index * overMs) / clients)
  },
  reading: () => members.filter(({ state }) => state === 'reading').length,
  attempts(since) {
    const each = members.map((member) =>
      member instanceof Member ? member.attempts.filter((time) => time >= since) : [],
    )
    return { first: each.flatMap((times) => times.slice(0, 1)), later: each.flatMap((times) => times.slice(1)) }
  },
  report(published) {
    const sum = (of: (member: Member | OwnMember) => number): number =>
      members.reduce((total, member) => total + of(member), 0)
    return {
      behind: members.filter(({ journal }) => journal.last < published).length,
      lost: sum(({ journal }) => journal.lost),
      repeated: sum(({ journal }) => journal.repeated),
      refusals: sum(({ refusals }) => refusals),
    }
  },
})
