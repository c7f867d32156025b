/**
 * A tab that leads: it dials for all, and serves who asks in the hall.
 *
 * @module
 */
import { asTransportError, type TransportError } from '../errors.ts'
import type { Dial, DialRequest, Link } from '../link.ts'
import { Admission, answer, type Seek } from './admission.ts'
import { openChannel } from './channel.ts'
import { followerFrame } from './checked-frames.ts'
import { concernsAll, factsOf, handedOver } from './error-facts.ts'
import type { FollowerFrame, LeaderFrame } from './frames.ts'
import { Guest } from './guest.ts'
import { Hub } from './hub.ts'
import { type Held, whenFree } from './locks.ts'
import type { Membership } from './membership.ts'
import type { Ring } from './ring.ts'

/** Dials, and leads from then on until the link is over. Gives back the lock when it rejects. */
export async function lead<Input>(
  dial: Dial<Input>,
  input: Input,
  request: DialRequest,
  { member, ring, held }: { readonly member: Membership; readonly ring: Ring; readonly held: Held },
): Promise<Link> {
  const { hall, platform } = member
  ring.continueFrom(request.position)
  const guests = new Map<string, Guest>()
  let hub: Hub | undefined

  const asked: DialRequest = {
    ...request,
    heard() {
      request.heard()
      for (const guest of guests.values()) guest.heard()
    },
    gap(gap) {
      request.gap(gap)
      ring.push({ gap })
      hub?.flushSoon()
    },
    retryFloor(milliseconds) {
      request.retryFloor(milliseconds)
      for (const guest of guests.values()) guest.say({ type: 'floor', milliseconds })
    },
  }

  hall.listen((frame) => {
    if (frame.type === 'seek') answer(member, frame.member, { type: 'dialling', leader: member.id })
  })
  let link: Link
  try {
    link = await dial(input, asked)
  } catch (thrown) {
    const error = asTransportError(thrown)
    // Those who wait for this attempt need not find out one by one.
    if (!request.signal.aborted && concernsAll(error)) hall.post({ type: 'failed', error: factsOf(error) })
    throw error
  }
  if (held.stolen.aborted) {
    link.close()
    throw handedOver('Another tab leads.')
  }

  const over = new AbortController()
  const opened = new Hub(link, ring, () => {
    over.abort()
    member.leave()
  })
  hub = opened
  const leave = (message: string) => (): void => opened.end({ kind: 'left', error: handedOver(message) })
  held.stolen.addEventListener('abort', leave('Another tab took the lead, because this one did not answer.'))
  over.signal.addEventListener('abort', platform.onFreeze(leave('The page is put to sleep.')))

  const welcome = (seek: Seek, next: number): void => {
    const line = openChannel<FollowerFrame, LeaderFrame>(platform, member.lineOf(seek.member), followerFrame)
    const gone = new AbortController()
    const left = (): void => {
      guests.delete(seek.member)
      gone.abort()
    }
    const position = seek.position === null && seek.beginning === 'now' ? ring.head : null
    const guest = new Guest({ hub: opened, line, leader: member.id, clock: platform.clock, next, left }, position)
    guests.set(seek.member, guest)
    whenFree(platform.locks, member.lineOf(seek.member), gone.signal, () => guest.dismiss())
  }
  const admit = new Admission(member, ring, over.signal, (seek, next) => {
    if (!guests.has(seek.member)) welcome(seek, next)
  })
  hall.listen((frame) => {
    if (frame.type === 'seek' && !guests.has(frame.member)) admit.seek(frame)
    if (frame.type === 'ask' && ring.find(frame.position) !== undefined)
      answer(member, frame.member, { type: 'reachable', leader: member.id })
  })
  hall.post({ type: 'leading', leader: member.id })
  return leaderLink(opened, admit)
}

function leaderLink(hub: Hub, admission: Admission): Link {
  const { link } = hub
  hub.join(admission)
  const { appendsAtOnce } = link
  return {
    protocol: link.protocol,
    read: (deliver) => hub.read(deliver),
    ...(link.write && { write: (batch) => hub.write(batch) }),
    ...(link.append && { append: (append) => hub.append(append) }),
    ...(link.ping && { ping: () => link.ping?.() }),
    ...(appendsAtOnce !== undefined && { appendsAtOnce }),
    lost: hub.lost,
    close: (code, reason) => hub.end({ kind: 'left', error: closedHere() }, code, reason),
  }
}

function closedHere(): TransportError {
  return handedOver('The link was closed.')
}
