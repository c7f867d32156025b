/**
 * Some time out of all that an app has told, so that whoever hears only this knows how everything was at its beginning.
 *
 * @module
 */
import type { ActorMessage, AppMessage } from '../protocol/messages.ts'
import type { Session } from './session.ts'

/** An interval, as `t` of the app in question. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** The living at this instant, as an app introduces them. */
function introduced(session: Session, app: string, t: number): ActorMessage[] {
  return session
    .actors(app, t)
    .flatMap(({ id, phase: _, ...facts }) =>
      facts.status === 'active' ? [{ kind: 'actor' as const, t, actor: id, ...facts }] : [],
    )
}

function sumOf(messages: readonly AppMessage[]): number {
  return messages.reduce((sum, message) => sum + (message.kind === 'dropped' ? message.count : 0), 0)
}

/** @returns the messages, and how many are missing from them. */
export function between(
  session: Session,
  app: string,
  { from, to }: Span,
): { readonly messages: readonly AppMessage[]; readonly dropped: number } {
  const kept = session.told(app)
  const inside = kept.filter((message) => 't' in message && message.t > from && message.t <= to)
  const actors = introduced(session, app, from)
  const healths = actors.map(({ actor }) => session.health(app, actor, from)).filter((health) => health !== undefined)
  const machines = new Set(
    [...actors, ...inside].map((message) => ('definition' in message ? message.definition : null)),
  )
  const entries = new Set(
    inside.map((message) => ('seq' in message && message.kind !== 'settled' ? message.seq : null)),
  )
  // What stands at no instant: it goes with what it belongs to.
  const beside = (message: AppMessage): boolean =>
    message.kind === 'hello' ||
    (message.kind === 'definition' && machines.has(message.hash)) ||
    (message.kind === 'payload' && entries.has(message.seq))
  // Where its beginning is no longer kept, what the session has let go of may have stood there.
  const [first] = session.entries(app)
  const dropped = session.apps.find(({ key }) => key === app)?.dropped ?? 0
  const forgotten = first !== undefined && first.t > from ? dropped - sumOf(kept) : 0
  const standing = kept.filter((message) => beside(message) && message.kind !== 'payload')
  const payloads = kept.filter((message) => beside(message) && message.kind === 'payload')
  return {
    messages: [...standing, ...actors, ...healths, ...inside, ...payloads],
    dropped: sumOf(inside) + Math.max(0, forgotten),
  }
}
