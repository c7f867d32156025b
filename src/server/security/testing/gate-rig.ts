/**
 * A gate with simulated time, and requests for it.
 *
 * @module
 */

import { limitsFrom } from '../../limits.ts'
import { Refusal } from '../../problem.ts'
import { type ManualClock, manualClock } from '../../testing/manual-clock.ts'
import { Gate, type GateOptions, type RequestFacts } from '../gate.ts'
import { type LogEntry, logTo } from '../log.ts'
import type { Authenticate } from '../principal.ts'

export interface GateRig {
  readonly gate: Gate
  readonly clock: ManualClock
  /** What the gate reported. */
  readonly reports: unknown[]
  /** What it logged. */
  readonly entries: LogEntry[]
}

/** Options as a user gives them. */
export interface GateRigOptions extends Partial<Omit<GateOptions, 'limits' | 'origins'>> {
  readonly limits?: Parameters<typeof limitsFrom>[0]
  readonly origins?: readonly string[]
}

/** `alice` and `bob` show their names; `late` has expired; everybody else is nobody. */
export const authenticate: Authenticate = ({ token }) => {
  if (token === 'late') return { id: 'alice', expiresAt: Date.UTC(2025, 0, 1) }
  return token === 'alice' || token === 'bob' ? { id: token } : null
}

export function startGate(options: GateRigOptions = {}): GateRig {
  const clock = manualClock()
  const reports: unknown[] = []
  const entries: LogEntry[] = []
  const gate = new Gate({
    authenticate,
    allowAnonymous: false,
    authorize: undefined,
    hideForbidden: true,
    trustedProxies: [],
    production: false,
    clock,
    report: (error) => reports.push(error),
    log: logTo((entry) => entries.push(entry), clock),
    ...options,
    origins: new Set(options.origins),
    limits: limitsFrom(options.limits ?? {}),
  })
  return { gate, clock, reports, entries }
}

/** A request from 203.0.113.1 for `Host: stream.example`. */
export function request(headers: RequestFacts['headers'] = {}, more: Partial<RequestFacts> = {}): RequestFacts {
  return {
    headers: { host: 'stream.example', ...headers },
    peer: '203.0.113.1',
    encrypted: false,
    target: '/v1/stream/a',
    method: 'GET',
    over: 'http',
    ...more,
  }
}

/** The same with a bearer token. */
export function bearing(token: string, more: Partial<RequestFacts> = {}): RequestFacts {
  return request({ authorization: `Bearer ${token}` }, more)
}

/** A handshake. */
export function handshake(headers: RequestFacts['headers'] = {}, more: Partial<RequestFacts> = {}): RequestFacts {
  const offered = { 'sec-websocket-protocol': 'statewire.v1.json', ...headers }
  return request(offered, { over: 'websocket', target: '/v1/ws', ...more })
}

/** What an act is refused with, as `401 invalid_token`; `let in` when it is not. */
export async function outcome(act: () => unknown): Promise<string> {
  const refusal = await refusalOf(act)
  return refusal === null ? 'let in' : `${refusal.status} ${refusal.code}`
}

/** The refusal of an act; `null` when there is none. */
export async function refusalOf(act: () => unknown): Promise<Refusal | null> {
  try {
    await act()
    return null
  } catch (thrown) {
    if (thrown instanceof Refusal) return thrown
    throw thrown
  }
}

/** A connection that writes down why it had to go. */
export function connection(): { readonly why: string[]; expelled(why: string): void } {
  const why: string[] = []
  return { why, expelled: (reason) => void why.push(reason) }
}
