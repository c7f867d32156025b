/**
 * Why no messages come: what a person who knows the library would look at, in that order.
 *
 * @module
 */
import type { FrameMessage } from '../protocol/messages.ts'
import { eventsThatLeadOn, explain, type Facts, factsOf, placeWords, protocolWords, unsettledWords } from './explain.ts'
import { isJson } from './reading.ts'
import type { Session } from './session.ts'
import { lengthWords } from './words.ts'

/** `cause`: this alone would explain it. `fine`: it is not this. `unknown`: nobody has told. */
export interface Finding {
  readonly verdict: 'fine' | 'cause' | 'unknown'
  /** A sentence. */
  readonly words: string
}

/** Quiet for longer than this is worth a word, in ms. */
const longSilence = 15_000
/** So far back a hole in the messages still explains what is missing, in entries. */
const lookBack = 2_000

function finding(verdict: Finding['verdict'], words: string): Finding {
  return { verdict, words }
}

function stateFinding(facts: Facts, explanation: string): Finding {
  const { actor } = facts
  if (actor.status !== 'active') return finding('cause', `The actor is no longer running: ${explanation}.`)
  if (actor.phase === 'online' || actor.phase === 'paused') {
    return finding('fine', `The connection is open${placeWords(facts)}${protocolWords(facts)}.`)
  }
  if (actor.tags.includes('online')) return finding('cause', `The connection is open but in doubt: ${explanation}.`)
  return finding('cause', `There is no open connection: ${explanation}.`)
}

function failureFinding({ health, actor }: Facts): Finding {
  if (health === undefined) return finding('unknown', 'Nothing is known of its health.')
  if (health.failure === null) return finding('fine', 'Nothing has failed since the connection was last stable.')
  const { code, message } = health.failure
  const verdict = actor.tags.includes('online') ? 'fine' : 'cause'
  return finding(verdict, `The last failure was ${code}: ${message}`)
}

function flowFinding({ actor }: Facts): Finding {
  const inner = isJson(actor.value) && isJson(actor.value.connected) ? actor.value.connected.flow : undefined
  if (inner === 'paused') return finding('cause', 'The app has paused it: messages are held back until `resume`.')
  if (inner === 'draining') return finding('cause', 'It is closing: it only sends what still waits.')
  return finding('fine', 'The app has not paused it.')
}

function silenceFinding({ health, actor }: Facts): Finding {
  if (health === undefined) return finding('unknown', 'When the server was last heard was not told.')
  if (!actor.tags.includes('online')) return finding('unknown', 'Nobody can be heard while it is not open.')
  const length = lengthWords(health.silence)
  if (health.received === 0) return finding('cause', `The server has not sent a message yet; silent for ${length}.`)
  if (health.silence < longSilence) return finding('fine', `The server was heard ${length} ago.`)
  return finding('cause', `The server has been silent for ${length}.`)
}

/** The newest of a kind that passed over the wire. */
function lastFrame(
  session: Session,
  app: string,
  { actor, now }: Facts,
  what: FrameMessage['what'],
): FrameMessage | undefined {
  return session
    .entries(app)
    .slice(-lookBack)
    .filter((entry) => entry.kind === 'frame')
    .findLast((frame) => frame.actor === actor.id && frame.what === what && frame.t <= now)
}

/** What is asked for by a message comes only when that has arrived. */
function sendFinding(session: Session, app: string, facts: Facts): readonly Finding[] {
  const { now, unsettled } = facts
  const waiting = unsettledWords(facts)
  if (unsettled !== undefined && waiting !== undefined) {
    return [finding(now - unsettled.since < longSilence ? 'unknown' : 'cause', `${waiting}.`)]
  }
  const last = lastFrame(session, app, facts, 'send')
  const fate = last && session.fate(app, last.seq, now)
  switch (fate?.state) {
    case 'settled':
      return [finding('fine', `The last send was acknowledged after ${lengthWords(fate.delay)}.`)]
    case 'failed':
      return [finding('cause', `The last send failed: ${fate.code}.`)]
    case 'lost':
      return [finding('unknown', 'The last send went down with its link: nobody knows whether it arrived.')]
    default:
      return []
  }
}

function gapFinding(session: Session, app: string, facts: Facts): Finding {
  const { now } = facts
  const gap = lastFrame(session, app, facts, 'gap')
  if (gap === undefined) return finding('fine', 'No hole was found in what was received.')
  return finding('cause', `A hole was found ${lengthWords(now - gap.t)} ago: the server no longer had what was missed.`)
}

function breakerFinding({ actor, health }: Facts): Finding {
  const inner = isJson(actor.value) ? actor.value.reconnecting : undefined
  if (inner === 'blocked') {
    return finding('cause', 'The breaker is open or the retry budget is spent: it may not send another request yet.')
  }
  if (health?.failure?.code === 'budget_spent') return finding('cause', 'The retry budget is spent.')
  return finding('fine', 'Neither the breaker nor the retry budget holds it back.')
}

function nextFinding(facts: Facts): readonly Finding[] {
  const events = eventsThatLeadOn(facts).slice(0, 4)
  if (facts.actor.phase === 'online' || events.length === 0) return []
  return [finding('unknown', `From here it is led on by ${events.map((event) => `\`${event}\``).join(', ')}.`)]
}

/**
 * The steps of looking for messages that do not come. Causes are not sorted: the first one is the one to mend first.
 *
 * @param at `null` is now.
 * @example
 * for (const { verdict, words } of diagnose(session, app, 'chat-1', null)) list.append(`${verdict}: ${words}`)
 */
export function diagnose(session: Session, app: string, actor: string, at: number | null): readonly Finding[] {
  const facts = factsOf(session, app, actor, at)
  if (facts === undefined) return [finding('cause', 'There was no such actor at this time.')]
  return [
    stateFinding(facts, explain(session, app, actor, at)),
    failureFinding(facts),
    breakerFinding(facts),
    flowFinding(facts),
    silenceFinding(facts),
    ...sendFinding(session, app, facts),
    gapFinding(session, app, facts),
    ...nextFinding(facts),
  ]
}
