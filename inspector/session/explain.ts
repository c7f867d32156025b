/**
 * What an actor is doing, in one line, from its chart and its figures alone.
 *
 * @module
 */
import { transitionsOf } from '../chart/labels.ts'
import type { Machine } from '../chart/machine.ts'
import type { ConnectionFacts, HealthMessage, ScheduledWait } from '../protocol/messages.ts'
import { activeStates } from './nodes.ts'
import { isJson } from './reading.ts'
import type { Session } from './session.ts'
import type { ActorView, Unsettled } from './view.ts'
import { eventKind, eventWords, lengthWords, shortWords, stateWords, withArticle } from './words.ts'

/** More choices than these are not read but skimmed. */
const mostEvents = 4
/** A wait of more than a day is how a chart writes "never". */
const never = 86_400_000

/** A wait or a silence shorter than this is no news, in ms. */
const noticed = 1_000
/** Addresses come from strangers, and this is one line. */
const longestName = 80

/** The settings write "no limit" as the largest number there is. */
const unlimited = 1_000_000_000

/** The facts an explanation is made of. */
export interface Facts {
  readonly actor: ActorView
  readonly health: HealthMessage | undefined
  readonly machine: Machine | null
  /** What was sent and not acknowledged yet. */
  readonly unsettled: Unsettled | undefined
  /** How often it tries before it gives up, where that was told. */
  readonly mostAttempts: number | undefined
  readonly now: number
}

/** Of a recording from before connections told it themselves, the context may know it. */
function mostAttemptsOf(connection: ConnectionFacts | undefined, context: string | undefined): number | undefined {
  if (connection !== undefined) return connection.maxAttempts ?? undefined
  try {
    const given: unknown = JSON.parse(context ?? '')
    const settings = isJson(given) ? given.settings : undefined
    const attempts = isJson(settings) ? settings.maxAttempts : undefined
    return typeof attempts === 'number' && attempts < unlimited ? attempts : undefined
  } catch {
    // Shortened, or of another shape: then nobody knows.
    return undefined
  }
}

export function factsOf(session: Session, app: string, actor: string, at: number | null): Facts | undefined {
  const view = session.actor(app, actor, at)
  if (view === undefined) return undefined
  return {
    actor: view,
    health: session.health(app, actor, at),
    machine: view.definition === null ? null : session.machine(app, view.definition),
    // Few lines speak of them, and both are long work in a flood: what is kept is gone through, and a context is parsed.
    get unsettled() {
      return session.unsettled(app, actor, at)
    },
    get mostAttempts() {
      return mostAttemptsOf(view.connection, session.context(app, actor))
    },
    now: at ?? session.apps.find(({ key }) => key === app)?.now ?? 0,
  }
}

/** The events that lead on from here, the innermost states' first; what keeps everything where it is does not count. */
export function eventsThatLeadOn({ actor, machine }: Facts): readonly string[] {
  if (machine === null) return []
  const types = activeStates(machine.root, actor.value)
    .flatMap(transitionsOf)
    .filter(({ target, eventType }) => target !== undefined && eventType !== '' && eventKind(eventType) === 'user')
    .map(({ eventType }) => eventType)
  return [...new Set(types)]
}

function shortened(words: string): string {
  return words.length > longestName ? `${words.slice(0, longestName - 1)}…` : words
}

function listed(words: readonly string[], last: string): string {
  const quoted = words.map((word) => `\`${word}\``)
  if (quoted.length < 2) return quoted.join('')
  return `${quoted.slice(0, -1).join(', ')} ${last} ${quoted.at(-1)}`
}

function leadingWords(facts: Facts, outcome: string): string {
  const events = eventsThatLeadOn(facts)
  if (events.length === 0) return ''
  const shown = events.slice(0, mostEvents)
  const rest = events.length - shown.length
  return `; ${listed(shown, 'or')}${rest > 0 ? ` and ${rest} more` : ''} would ${outcome}`
}

function remaining({ since, delay }: ScheduledWait, now: number): string {
  return lengthWords(Math.max(0, since + delay - now))
}

function becauseOf({ health }: Facts): string {
  return health?.failure ? `, because the last one failed: ${health.failure.code}` : ''
}

function tryWords({ health, mostAttempts }: Facts): string {
  // The first attempt of all is not counted: after one failure comes try 1.
  const next = Math.max(1, health?.attempt ?? 0)
  return mostAttempts === undefined ? `try ${next}` : `try ${next} of ${mostAttempts}`
}

function waitOf({ actor, now }: Facts, ending: string): ScheduledWait | undefined {
  return actor.waits.find(
    ({ event, since, delay }) => event.endsWith(`.${ending}`) && delay < never && since + delay >= now,
  )
}

/** What waits for the server, as soon as that is long enough to be read. */
export function unsettledWords({ unsettled, now }: Facts): string | undefined {
  if (unsettled === undefined || now - unsettled.since < noticed) return undefined
  const { count, since } = unsettled
  const who = count === 1 ? '1 send waits for its' : `${count} sends wait for their`
  return `${who} acknowledgement since ${lengthWords(now - since)}`
}

function figures({ health, unsettled }: Facts): readonly string[] {
  if (health === undefined) return []
  const { received, sent, silence } = health
  // The connection counts as queued whatever is not settled.
  const queued = health.queued - (unsettled?.count ?? 0)
  return [
    `${received} received`,
    `${sent} sent`,
    ...(queued > 0 ? [`${queued} waiting to be sent`] : []),
    ...(silence >= noticed ? [`silent for ${lengthWords(silence)}`] : []),
  ]
}

function counts(facts: Facts): string {
  const words = [...figures(facts), unsettledWords(facts) ?? []].flat()
  return words.length === 0 ? '' : `; ${words.join(', ')}`
}

/** Where a connection leads: what can be told of it in a line. */
export function placeWords({ actor }: Facts): string {
  const url = actor.connection?.url
  if (url === undefined || url === null) return ''
  const [, place = ''] = /^(?:[a-z][a-z\d+.-]*:\/\/)?([^?#]*)/i.exec(url) ?? []
  return place === '' ? '' : ` to ${shortened(place)}`
}

/** What its newest link speaks. */
export function protocolWords({ actor }: Facts): string {
  const protocol = actor.connection?.protocol
  return protocol === undefined || protocol === null ? '' : ` over ${shortened(protocol)}`
}

/** What each state of a connection means: by its dotted words, the first that they begin with. */
const connectionWords: readonly (readonly [state: string, words: (facts: Facts) => string])[] = [
  ['idle', () => 'idle: nobody has asked for a connection; `connect` would open it'],
  [
    'connecting',
    (facts) => {
      const wait = waitOf(facts, 'connecting')
      return `connecting${placeWords(facts)}${wait ? `; gives up in ${remaining(wait, facts.now)}` : ''}`
    },
  ],
  [
    'reconnecting.waiting',
    (facts) => {
      const wait = waitOf(facts, 'reconnecting.waiting')
      const length = wait ? ` ${remaining(wait, facts.now)}` : ''
      return `waiting${length} before ${tryWords(facts)}${becauseOf(facts)}; \`retry\` would skip the wait`
    },
  ],
  [
    'reconnecting.offline',
    (facts) => {
      const wait = waitOf(facts, 'reconnecting.offline')
      const probe = wait ? ` tries all the same in ${remaining(wait, facts.now)};` : ''
      return `waiting for the network, which is said to be offline;${probe} \`retry\` or \`network.online\` would skip the wait`
    },
  ],
  [
    'reconnecting.hidden',
    () => 'resting while the page is hidden; `page.visible`, `page.wake` or `retry` would end the rest',
  ],
  [
    'reconnecting.blocked',
    (facts) => {
      const wait = waitOf(facts, 'reconnecting.blocked')
      const length = wait ? ` for another ${remaining(wait, facts.now)}` : ''
      return `held back${length} by the breaker or the retry budget${becauseOf(facts)}; \`breaker.closed\` would let it on`
    },
  ],
  ['reconnecting.authorizing', () => 'asking for a new credential, because the server has refused the old one'],
  ['reconnecting.dialing', (facts) => `on ${tryWords(facts)}${becauseOf(facts)}`],
  [
    'error',
    ({ health }) => `failed for good${health?.failure ? `: ${health.failure.code}` : ''}; \`connect\` would start over`,
  ],
  ['closed', (facts) => `closed${counts(facts)}`],
]

const livenessWords: Readonly<Record<string, string>> = {
  unheard: ', waiting for the first byte',
  probing: ', but silent: asking for a sign of life',
  confirming: ', but silent: asking a second time before the link is given up',
}

function connectedWords(facts: Facts): string {
  const value = facts.actor.value
  const inner = isJson(value) && isJson(value.connected) ? value.connected : {}
  const doubt = (typeof inner.liveness === 'string' ? livenessWords[inner.liveness] : undefined) ?? ''
  const words = `connected${protocolWords(facts)}${doubt}`
  if (inner.flow === 'paused')
    return `${words}, paused by the app: \`resume\` would let messages through${counts(facts)}`
  if (inner.flow === 'draining') return `${words}, sending what waits before it closes${counts(facts)}`
  return `${words}${counts(facts)}`
}

/** Whether the actor runs the connection chart, by the name of the chart and what is particular to it. */
export function isConnection({ machine }: Facts): boolean {
  return machine?.id === 'connection' && 'reconnecting' in machine.root.states && 'connected' in machine.root.states
}

function connectionLine(facts: Facts): string {
  const state = stateWords(facts.actor.value)
  if (state.startsWith('connected')) return connectedWords(facts)
  const [, words] = connectionWords.find(([known]) => state === known || state.startsWith(`${known}.`)) ?? []
  return words?.(facts) ?? machineLine(facts)
}

function machineLine(facts: Facts): string {
  const { actor, now } = facts
  const state = actor.value === null ? 'in a state that was not told' : `in ${shortWords(actor.value)}`
  const running = actor.waits.find(({ since, delay }) => delay < never && since + delay >= now)
  const timer = running ? `, ${eventWords(running.event)} in ${remaining(running, now)}` : ''
  return `${state}${timer}${leadingWords(facts, 'lead on')}`
}

const endings = { done: 'done', error: 'ended by an error', stopped: 'stopped' } as const

function line(facts: Facts): string {
  const { actor } = facts
  if (isConnection(facts) && actor.status !== 'stopped') return connectionLine(facts)
  if (actor.status !== 'active') {
    return actor.value === null ? endings[actor.status] : `${endings[actor.status]}, last in ${shortWords(actor.value)}`
  }
  return actor.logic === 'machine' ? machineLine(facts) : `running, ${withArticle(actor.logic)} actor`
}

/**
 * One line about an actor at an instant.
 *
 * @param at `null` is now.
 * @example
 * explain(session, app, 'chat-1', null)
 * // 'waiting 0.9 s before try 3 of 8, because the last one failed: network; `retry` would skip the wait'
 */
export function explain(session: Session, app: string, actor: string, at: number | null): string {
  const facts = factsOf(session, app, actor, at)
  return facts === undefined ? 'not there at this time' : line(facts)
}
