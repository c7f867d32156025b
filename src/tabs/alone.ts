/**
 * A tab that reads for itself what the leader no longer has, until the leader has what comes next.
 *
 * @module
 */
import type { TransportError } from '../errors.ts'
import type { Link } from '../link.ts'
import { handedOver } from './error-facts.ts'
import type { Membership } from './membership.ts'

/** The leader is asked after so long at first, and then half as often each time. In ms. */
const ASK = { first: 1_000, longest: 10_000 }

/** A link of its own that gives way as soon as the leader can take over at the very place. */
export function readAlone(link: Link, member: Membership, from: string | null): Link {
  const { hall, line, platform } = member
  const { clock } = platform
  let position = from
  let unanswered = 0
  let state: 'reading' | 'over' = 'reading'
  let timer: unknown
  /** Rejects the read that is under way. */
  let interrupt: ((error: TransportError) => void) | null = null

  const end = (): void => {
    state = 'over'
    clock.clearTimeout(timer)
    member.leave()
  }
  const askAfter = (milliseconds: number): void => {
    timer = clock.setTimeout(() => {
      hall.post({ type: 'ask', member: member.id, position })
      askAfter(Math.min(2 * milliseconds, ASK.longest))
    }, milliseconds)
  }
  line.listen((frame) => {
    // What awaits an answer must not be torn for this, and who is paused would not hear of it; there will be another time.
    if (frame.type !== 'reachable' || unanswered > 0 || interrupt === null) return
    end()
    interrupt(handedOver('The connection of another tab is shared again.'))
    link.close()
  })
  // What others ask for is none of its business.
  hall.listen(() => {})
  askAfter(ASK.first)

  const during = async <Result>(request: Promise<Result> | undefined): Promise<Result | undefined> => {
    unanswered += 1
    try {
      return await request
    } finally {
      unanswered -= 1
    }
  }
  return {
    protocol: link.protocol,
    read(deliver) {
      return new Promise((resolve, reject) => {
        interrupt = reject
        const read = link.read((item) => {
          if (state === 'over') return false
          position = item.position ?? position
          return deliver(item)
        })
        read.then(resolve, reject).finally(() => {
          interrupt = null
        })
      })
    },
    ...(link.write && { write: (batch) => during(link.write?.(batch)) }),
    ...(link.append && {
      append: async (append) => {
        const answer = await during(link.append?.(append))
        if (answer === undefined) throw handedOver('Nothing is appended over this link.')
        return answer
      },
    }),
    ...(link.ping && { ping: () => link.ping?.() }),
    ...(link.appendsAtOnce !== undefined && { appendsAtOnce: link.appendsAtOnce }),
    ...(link.lost && { lost: link.lost }),
    close(code, reason) {
      end()
      link.close(code, reason)
    },
  }
}
