/**
 * A raw WebSocket client for the tests of this room: frames as objects, awaited.
 *
 * @module
 */

import { onTestFinished } from 'vitest'
import { type ClientOptions, WebSocket } from 'ws'
import { WEBSOCKET_PATH, WEBSOCKET_PROTOCOL } from '../../wire/names.ts'

/** A server frame as it came. */
export type AnyFrame = Record<string, unknown> & { readonly t: string }

export interface RawSocket {
  readonly socket: WebSocket
  /** Everything so far. */
  readonly frames: readonly AnyFrame[]
  send(frame: unknown): void
  /** Resolves with the first frame that fulfils the condition, past or future; rejects when the socket closes before. */
  until(condition: (frame: AnyFrame) => boolean): Promise<AnyFrame>
  /** Resolves with the code and the reason. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
}

/** Opens a socket; the greeting is the caller's. */
export async function openSocket(url: string, options: ClientOptions = {}): Promise<RawSocket> {
  const socket = new WebSocket(url.replace(/^http/, 'ws') + WEBSOCKET_PATH, WEBSOCKET_PROTOCOL, options)
  const frames: AnyFrame[] = []
  const waiting = new Set<() => void>()
  let over = false
  const look = (): void => {
    for (const wake of [...waiting]) wake()
  }
  socket.on('message', (data) => {
    frames.push(JSON.parse(data.toString()))
    look()
  })
  socket.on('error', () => {})
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => {
      over = true
      look()
      resolve({ code, reason: reason.toString() })
    })
  })
  onTestFinished(() => socket.terminate())
  await new Promise<void>((resolve, reject) => socket.on('open', resolve).on('error', reject))
  return {
    socket,
    frames,
    closed,
    send: (frame) => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
    until: (condition) =>
      new Promise((resolve, reject) => {
        let looked = 0
        const check = (): void => {
          // Each frame is looked at once: some tests receive a hundred thousand.
          let found: AnyFrame | undefined
          while (found === undefined && looked < frames.length) {
            const frame = frames[looked++]
            if (frame !== undefined && condition(frame)) found = frame
          }
          if (found === undefined && !over) return
          waiting.delete(check)
          if (found !== undefined) resolve(found)
          else reject(new Error(`The socket closed too early: ${JSON.stringify(frames.slice(-3))}`))
        }
        waiting.add(check)
        check()
      }),
  }
}

/** Opens a socket and greets. */
export async function greet(url: string, hello: object = {}): Promise<RawSocket> {
  const raw = await openSocket(url)
  raw.send({ t: 'hello', v: 1, ...hello })
  await raw.until((frame) => frame.t === 'welcome')
  return raw
}

/** The records in all `m` frames of a stream, after checking that they are numbered without a hole from `first`. */
export function recordsOf(frames: readonly AnyFrame[], alias: unknown, first: number): unknown[] {
  const records: unknown[] = []
  for (const frame of frames) {
    if (frame.t !== 'm' || frame.a !== alias) continue
    const batch = frame.d ?? frame.b
    if (!Array.isArray(batch)) throw new Error('An m frame without records.')
    if (frame.n !== first + records.length) throw new Error(`Expected ${first + records.length}, got ${frame.n}.`)
    records.push(...batch)
  }
  return records
}
