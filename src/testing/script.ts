/**
 * Steps of a script, written as data: each answers one exchange. A step of your own is an async function over the exchange.
 *
 * @module
 */
import type { AcceptOptions, CutOptions, Exchange } from './exchange.ts'
import type { Item } from './frames.ts'
import { type HeaderFields, pairsOf, type WholeAnswer } from './http-answer.ts'

/** Answers one exchange. What it throws is thrown again by `server.close()`. */
export type Step = (exchange: Exchange) => unknown

/** How an answer ends after its items: by the protocol's own end, by a fault, or on a WebSocket with a close frame. */
export type Ending =
  | 'end'
  | 'reset'
  | 'finish'
  | 'stall'
  | 'vanish'
  | { readonly code: number; readonly reason?: string | undefined }

export interface AcceptStep extends AcceptOptions {
  /** Default: it goes on, and `server.exchanges` has its handle. */
  readonly ending?: Ending | undefined
}

/** Accepts and sends these items. */
export function accept(items: readonly Item[] = [], { ending, ...options }: AcceptStep = {}): Step {
  return async (exchange) => {
    await exchange.accept(options)
    for (const item of items) await exchange.send(item)
    if (typeof ending === 'object') await exchange.end(ending.code, ending.reason)
    else if (ending !== undefined) await exchange[ending]()
  }
}

export interface Refusal {
  readonly headers?: Readonly<Record<string, string | number>> | undefined
  readonly body?: string | Uint8Array | undefined
  /** An HTML page as the body, as proxies and captive portals send it. */
  readonly html?: boolean | undefined
  /** `Retry-After`: seconds, a date, or any text to be absurd. */
  readonly retryAfter?: number | Date | string | undefined
}

/** Answers with a status, also in place of a WebSocket handshake. */
export function refuse(status: number, { body, headers = {}, html = false, retryAfter }: Refusal = {}): Step {
  const page = `<!doctype html><title>${status}</title><h1>${status}</h1>`
  const fields: Record<string, string | number> = { 'content-type': html ? 'text/html' : 'text/plain', ...headers }
  if (retryAfter !== undefined)
    fields['retry-after'] = retryAfter instanceof Date ? retryAfter.toUTCString() : retryAfter
  return respond({ status, headers: fields, body: body ?? (html ? page : `refused with ${status}`) })
}

/** A whole answer: a page of a long poll, a file, anything with a length. */
export function respond(answer: WholeAnswer): Step {
  return (exchange) => exchange.respond(answer)
}

/** A page of a long poll: JSON items, and header fields such as the next cursor. */
export function page(items: readonly unknown[], headers: Readonly<Record<string, string>> = {}): Step {
  return respond({ headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(items) })
}

/** Sends the client elsewhere. */
export function redirect(status: 301 | 302 | 303 | 307 | 308, location: string, headers: HeaderFields = {}): Step {
  return respond({ status, headers: [['location', location], ...pairsOf(headers)] })
}

/** Never answers. The exchange stays `held`. */
export function hang(): Step {
  return () => {}
}

/** No answer at all: the connection ends, by RST or by FIN. */
export function drop(by: 'reset' | 'finish' = 'reset'): Step {
  return (exchange) => exchange[by]()
}

/** These bytes as the answer. */
export function raw(bytes: string | Uint8Array, ending?: 'reset' | 'finish'): Step {
  return async (exchange) => {
    await exchange.raw(bytes)
    if (ending !== undefined) await exchange[ending]()
  }
}

/** The step's answer, cut after so many bytes. */
export function cutAt(bytes: number, step: Step = accept(), options: CutOptions = {}): Step {
  return (exchange) => step(exchange.cutAt(bytes, options))
}

/** The step's answer, silent after so many bytes. */
export function stallAt(bytes: number, step: Step = accept(), { of = 'answer' }: Pick<CutOptions, 'of'> = {}): Step {
  return (exchange) => step(exchange.limitTo(bytes, 'stall', of))
}

/** The step's answer, its peer gone without a packet after so many bytes. */
export function vanishAt(bytes: number, step: Step = accept(), { of = 'answer' }: Pick<CutOptions, 'of'> = {}): Step {
  return (exchange) => step(exchange.limitTo(bytes, 'vanish', of))
}

/** The step's answer, so many bytes a tick. */
export function slow(bytesPerTick: number, step: Step): Step {
  return (exchange) => step(exchange.slow(bytesPerTick))
}

/** The step's answer, each write in pieces of these sizes; the last repeats. `split([1], …)` splits every character and frame. */
export function split(sizes: readonly number[], step: Step): Step {
  return (exchange) => step(exchange.split(...sizes))
}

/** The list with the item at `index` twice in a row. */
export function duplicated<Value>(items: readonly Value[], index: number): Value[] {
  return items.flatMap((item, at) => (at === index ? [item, item] : [item]))
}

/** The list with the item at `index` behind the one that follows it. */
export function swapped<Value>(items: readonly Value[], index: number): Value[] {
  const [item] = items.slice(index, index + 1)
  const others = items.toSpliced(index, 1)
  return item === undefined ? others : others.toSpliced(index + 1, 0, item)
}
