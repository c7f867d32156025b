/**
 * What ought to be true, as plain data: independent of the chart's code, of the data plane and of the protocols.
 *
 * @module
 */
import type { ConnectionState } from '../../src/index.ts'
import type { Page } from './origin.ts'

export interface Protocol {
  readonly name: string
  /** Resumed at the single record, and each of them once. */
  readonly positioned: boolean
  /** Resumed at a page: what was handed over of an unfinished one comes again. */
  readonly paged: boolean
  /** A healthy link answers by itself, so that no silence may ever be taken for a loss. */
  readonly lively: boolean
  /** What 204 means: the end of a stream, an empty page, or no stream server at all. */
  readonly noContent: readonly ConnectionState[]
}

/** A refusal of the server, by what it says. */
export const refusals = ['401', '403', '429', '503', 'html', '204'] as const
export type Refusal = (typeof refusals)[number]

export interface Model {
  readonly protocol: Protocol
  /** The top-level state in which the last command has left the connection. */
  state: ConnectionState
  gate: 'open' | 'hold' | 'down'
  /** How the next request will be refused. */
  refusing: Refusal | null
  /** A refusal that has arrived at a client which does not read: it is heard when it does. */
  unread: Refusal | null
  /** Whether anything is armed or wrong with the wire, so that a link may be lost without further notice. */
  spoiled: boolean
  flow: 'flowing' | 'paused'
  draining: boolean
  /** The protocol's own end was said; it is heard by whoever reads. */
  ending: boolean
  /** Nothing will ever be written again. */
  over: boolean
  /** How many entries of the log the application has got past. */
  cursor: number
  sent: number
  records: number
}

export function firstModel(protocol: Protocol, startPaused: boolean): Model {
  return {
    protocol,
    state: 'idle',
    gate: 'open',
    refusing: null,
    unread: null,
    spoiled: false,
    flow: startPaused ? 'paused' : 'flowing',
    draining: false,
    ending: false,
    over: false,
    cursor: 0,
    sent: 0,
    records: 0,
  }
}

/** Where a refusal may lead. A credential can be renewed once; a web page is a wrong address at first, and a portal later. */
const afterRefusal: Readonly<Record<Exclude<Refusal, '204'>, readonly ConnectionState[]>> = {
  401: ['reconnecting', 'error'],
  403: ['error'],
  429: ['reconnecting'],
  503: ['reconnecting'],
  html: ['reconnecting', 'error'],
}

/** Where a refusal leads that somebody has been waiting for. The end of a stream is read, and so waits for whoever does not. */
export function refused({ flow, protocol }: Model, refusal: Refusal): readonly ConnectionState[] {
  if (refusal !== '204') return afterRefusal[refusal]
  return flow === 'paused' ? [...protocol.noContent, 'connected'] : protocol.noContent
}

/** Whether the connection may come to its end without another command. */
function ends({ draining, ending, over }: Model): readonly ConnectionState[] {
  return draining || ending || over ? ['closed'] : []
}

/** Where a request may lead that goes out now, or that the breaker or the budget holds back. */
export function afterDial(model: Model): readonly ConnectionState[] {
  const { gate, protocol, refusing, spoiled, state } = model
  const meanwhile = state === 'reconnecting' ? 'reconnecting' : 'connecting'
  if (gate === 'down') return ['reconnecting', ...ends(model)]
  if (refusing !== null) return ['reconnecting', ...refused(model, refusing), ...ends(model)]
  if (gate === 'hold') return [meanwhile, 'reconnecting', ...ends(model)]
  // A poll may be held back by the server itself.
  const spoilt: readonly ConnectionState[] = spoiled || protocol.paged ? [meanwhile] : []
  return ['connected', 'reconnecting', ...spoilt, ...ends(model)]
}

/** Where time may lead. */
export function afterTime(model: Model): readonly ConnectionState[] {
  const { gate, protocol, refusing, spoiled, state } = model
  if (state === 'idle' || state === 'error' || state === 'closed') return [state]
  // No false alarm, however long it takes.
  if (state === 'connected' && protocol.lively && !spoiled && gate !== 'down') return ['connected', ...ends(model)]
  // A link or a dial that time ends is followed by requests, of which the first may be refused.
  const then: Model = { ...model, state: 'reconnecting', gate: gate === 'down' ? 'open' : gate }
  const later = afterDial(then)
  const after = refusing === null ? [] : afterDial({ ...then, refusing: null })
  // A poll that is held back is a link.
  const inTime: readonly ConnectionState[] = protocol.paged ? ['connected', ...afterPoll(model)] : []
  return [...new Set([state, 'reconnecting' as const, ...later, ...after, ...inTime])]
}

/** Where a link may be after anything at all: what is wrong with the wire is noticed when somebody reads. */
export function sameOrLost(model: Model): readonly ConnectionState[] {
  const { protocol, spoiled, state } = model
  const lost: readonly ConnectionState[] = state === 'connected' && spoiled ? ['reconnecting'] : []
  const polled = protocol.paged && ['connecting', 'connected', 'reconnecting'].includes(state) ? afterPoll(model) : []
  return [state, ...lost, ...polled, ...ends(model)]
}

/** What a server held back until it had something to say is answered, and the next poll goes out, as good or bad as any request. */
function afterPoll(model: Model): readonly ConnectionState[] {
  const { gate, refusing, spoiled, unread } = model
  const heard = [refusing, unread].flatMap((refusal) => (refusal === null ? [] : refused(model, refusal)))
  return ['connected', ...(spoiled || gate === 'down' ? (['reconnecting'] as const) : []), ...heard]
}

/** The log as the application may see it. */
export interface Written {
  readonly log: readonly string[]
  readonly starts: readonly number[]
  readonly pages: readonly Page[]
}

/**
 * The cursor behind the record that was just handed over, or `null` when nothing explains it: lost, twice, out of order, or
 * never written.
 */
export function follow(protocol: Protocol, { log, pages, starts }: Written, cursor: number, id: string): number | null {
  if (log[cursor] === id) return cursor + 1
  // A repetition need not be heard by a client that has come back with the id it repeats.
  if (log[cursor] !== undefined && log[cursor] === log[cursor - 1])
    return follow(protocol, { log, pages, starts }, cursor + 1, id)
  if (protocol.positioned) return null
  if (protocol.paged) {
    // Only from the start of a page that was served before and is unfinished: what is behind a finished one never comes again.
    const again = pages.findLast(
      ({ from }, at) =>
        from <= cursor && log[from] === id && pages.slice(0, at).some((page) => page.from === from && page.to > cursor),
    )
    return again === undefined ? null : again.from + 1
  }
  const start = starts.find((index) => index > cursor && log[index] === id)
  return start === undefined ? null : start + 1
}

/** Whether a client that reads has everything it can have. */
export function isComplete({ cursor, protocol }: Model, { log, starts }: Written): boolean {
  // See above: who has come back with the id of a repetition does not hear it.
  if (log.slice(cursor).every((id) => id === log[cursor - 1])) return true
  return !protocol.positioned && !protocol.paged && (starts.at(-1) ?? 0) >= log.length
}
