/**
 * Sends a page piece by piece, so that a peer which takes nothing of it is noticed.
 *
 * @module
 */

import type { ServerContext } from './context.ts'
import { answer, type Exchange, writeHead } from './exchange.ts'
import type { WheelTimer } from './timer-wheel.ts'

/** What a socket takes at once; the rest waits here, where it is seen to wait. */
const PIECE_BYTES = 64 * 1024

/** Answers 200 with a body that may be large. Who takes none of it for `stallMs` is cut off. */
export function deliverPage(
  context: ServerContext,
  { response, departure }: Exchange,
  headers: Readonly<Record<string, string>>,
  body: string | Buffer,
): void {
  const bytes = Buffer.from(body)
  context.instruments.sent('page', bytes.length)
  if (bytes.length <= PIECE_BYTES) {
    // A socket holds so much by itself.
    answer(response, 200, headers, bytes)
    return
  }
  let at = 0
  let stall: WheelTimer | null = null
  const wait = (): void => {
    if (stall !== null) context.wheel.clear(stall)
    stall = context.wheel.setDeadline(context.limits.stallMs, () => {
      context.instruments.slowConsumer()
      response.destroy()
    })
  }
  const send = (): void => {
    wait()
    let room = true
    for (; room && at < bytes.length; at += PIECE_BYTES) room = response.write(bytes.subarray(at, at + PIECE_BYTES))
    if (at >= bytes.length && !response.writableEnded) response.end()
  }
  departure.whenGone(() => {
    if (stall !== null) context.wheel.clear(stall)
  })
  writeHead(response, 200, { ...headers, 'Content-Length': String(bytes.length) })
  response.on('drain', send)
  send()
}
