/**
 * What the chat asks of its server by plain requests: promises, for a machine to invoke.
 *
 * @module
 */
import { fromPromise } from 'xstate'

export interface Order {
  /** Where the room takes orders: `https://host/rooms/42`. */
  readonly orders: string
}

export interface Question extends Order {
  readonly text: string
}

/** What the server calls a question: each piece of the answer refers to it. */
export interface Asked {
  readonly id: string
}

/** Asks. Resolves when the server has the question: the answer comes over the room. */
export const ask = fromPromise<Asked, Question>(async ({ input: { orders, text }, signal }) => {
  const answer = await post(`${orders}/prompt`, JSON.stringify({ text }), signal)
  return answer.json()
})

/** Breaks the answer off. Resolves when the server was told: that it has ended comes over the room, too. */
export const breakOff = fromPromise<void, Order>(async ({ input: { orders }, signal }) => {
  await post(`${orders}/cancel`, '', signal)
})

async function post(url: string, body: string, signal: AbortSignal): Promise<Response> {
  const answer = await fetch(url, { method: 'POST', body, signal })
  if (!answer.ok) throw new Error(`The server refused with ${answer.status}.`)
  return answer
}
