/**
 * Endpoints as other people have them, and connections that read them to the end; for the tests of the strategies.
 *
 * @module
 */
import { onTestFinished } from 'vitest'
import { type AnyActorLogic, createActor, waitFor } from 'xstate'
import { accept, type Exchange, type ScriptedServer, type Step, scriptedServer } from '../testing/server.ts'

/** What an endpoint does with the position it is asked for. */
export type Replay = 'exact' | 'two again' | 'all again'

/** An id that does not go into a path as it stands. */
export const RESPONSE_ID = 'resp 1/ä'

const deltas = ['Hé', 'llo ', '😀', '!']

interface Event {
  readonly type: string
  readonly sequence_number: number
  readonly delta?: string
  readonly response?: object
}

/** An answer in the events of a responses API. */
export const EVENTS: readonly Event[] = [
  { type: 'response.created', sequence_number: 0, response: { id: RESPONSE_ID, sequence_number: 99 } },
  ...deltas.map((delta, index) => ({ type: 'response.output_text.delta', sequence_number: index + 1, delta })),
  { type: 'response.completed', sequence_number: deltas.length + 1, response: { id: RESPONSE_ID } },
]

/** What a client is handed of {@link EVENTS}. */
export const TEXTS: readonly string[] = EVENTS.map((event) => JSON.stringify(event))

/** So much of a list whose first number is 0, for somebody who has it up to `after`. */
function rest<Value>(list: readonly Value[], after: string | null | undefined, replay: Replay): readonly Value[] {
  if (after === null || after === undefined || replay === 'all again') return list
  return list.slice(Math.max(0, Number(after) + 1 - (replay === 'two again' ? 2 : 0)))
}

/** POST begins, GET on the id goes on. Anything else is refused, so that a wrong request cannot pass for a right one. */
export function responsesStep(replay: Replay = 'exact', framing?: 'close'): Step {
  return (exchange) => {
    const { method, path, query } = exchange
    const began = method === 'POST' && path === '/v1/responses'
    const goesOn = method === 'GET' && path === `/v1/responses/${encodeURIComponent(RESPONSE_ID)}`
    if (!began && !(goesOn && query.get('stream') === 'true')) return exchange.respond({ status: 400 })
    const events = rest(EVENTS, query.get('starting_after'), replay)
    const items = events.map((event) => ({ event: event.type, data: JSON.stringify(event) }))
    return accept(items, { as: 'sse', ending: 'end', framing })(exchange)
  }
}

/** A log of lines behind `?tenant=a`, asked for with `after`. */
export function logStep(replay: Replay = 'exact', framing?: 'close'): Step {
  return (exchange) => {
    if (exchange.query.get('tenant') !== 'a') return exchange.respond({ status: 400 })
    const lines = rest(TEXTS, exchange.query.get('after'), replay)
    return accept(lines, { as: 'lines', ending: 'end', framing })(exchange)
  }
}

/** Events with ids, asked for with `Last-Event-ID`. */
export function eventsStep(replay: Replay = 'exact', framing?: 'close'): Step {
  return (exchange) => {
    const items = EVENTS.map(({ sequence_number: id }, index) => ({ id: String(id), data: TEXTS[index] }))
    const left = rest(items, exchange.headers['last-event-id']?.toString(), replay)
    return accept(left, { as: 'sse', ending: 'end', framing })(exchange)
  }
}

export const isLast = ({ data }: { readonly data: unknown }): boolean => data === TEXTS.at(-1)

/** A server that answers every exchange by the next step, and by the last one from then on; it goes with the test. */
export async function endpoint(...steps: readonly Step[]): Promise<ScriptedServer> {
  const server = await scriptedServer({ script: steps, afterwards: 'repeat' })
  onTestFinished(() => server.close())
  return server
}

/** How a connection went. */
export interface Reading {
  readonly data: unknown[]
  readonly stage: 'closed' | 'error'
  /** Why it reconnected, or rests in `error`. */
  readonly codes: string[]
  readonly position: unknown
}

/** Reads until the connection is closed or rests in `error`. It waits for nothing between two attempts. */
export async function readThrough(logic: AnyActorLogic, input: object): Promise<Reading> {
  const quick = { environment: false, random: () => 0, retryBudget: 1_000_000, maxAttempts: 6 }
  const actor = createActor(logic, { input: { ...quick, ...input } })
  const data: unknown[] = []
  const codes: string[] = []
  actor.on('message', (event) => data.push(Object(event).message.data))
  actor.on('reconnecting', (event) => codes.push(Object(event).error?.code))
  actor.on('error', (event) => codes.push(Object(event).error.code))
  actor.start().send({ type: 'connect' })
  const snapshot = await waitFor(actor, ({ status, value }) => status === 'done' || value === 'error')
  actor.stop()
  const stage = snapshot.status === 'done' ? 'closed' : 'error'
  return { data, stage, codes, position: snapshot.context.position }
}

/** What was asked, in order: `POST /v1/responses`. */
export function asked(server: ScriptedServer): string[] {
  return server.exchanges.map(({ method, url }: Exchange) => `${method} ${url}`)
}
