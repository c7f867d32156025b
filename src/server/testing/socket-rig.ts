/**
 * A raw WebSocket client for the tests of this room: frames as objects, awaited.
 *
 * @module
 */

import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import { onTestFinished } from 'vitest'
import { type ClientOptions, WebSocket } from 'ws'
import type { Problem } from '../../wire/control.ts'
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
export async function openSocket(
  url: string,
  options: ClientOptions = {},
  protocols: readonly string[] = [WEBSOCKET_PROTOCOL],
): Promise<RawSocket> {
  const socket = new WebSocket(url.replace(/^http/, 'ws') + WEBSOCKET_PATH, [...protocols], options)
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
export async function greet(url: string, hello: object = {}, options: ClientOptions = {}): Promise<RawSocket> {
  const raw = await openSocket(url, options)
  raw.send({ t: 'hello', v: 1, ...hello })
  await raw.until((frame) => frame.t === 'welcome')
  return raw
}

/** How an upgrade was refused. */
export interface RefusedUpgrade {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly problem: Problem
}

/** A proper handshake with other headers (`undefined` takes one away) or another target. Rejects when it is accepted. */
export async function refusedUpgrade(
  url: string,
  changes: Readonly<Record<string, string | undefined>> = {},
  target: string = WEBSOCKET_PATH,
  method = 'GET',
): Promise<RefusedUpgrade> {
  const proper = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'sec-websocket-protocol': WEBSOCKET_PROTOCOL,
  }
  const headers = Object.fromEntries(
    Object.entries({ ...proper, ...changes }).filter(([, value]) => value !== undefined),
  )
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const asking = request(url + target, { headers, method, agent: false }, resolve)
    asking.on('upgrade', (_response, socket) => {
      socket.destroy()
      reject(new Error('The upgrade was accepted.'))
    })
    asking.on('error', reject)
    asking.end()
  })
  let body = ''
  for await (const chunk of response) body += chunk
  return { status: response.statusCode ?? 0, headers: response.headers, problem: JSON.parse(body) }
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
