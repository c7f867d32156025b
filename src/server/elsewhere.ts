/**
 * What our own listener says to requests that are for something else.
 *
 * @module
 */

import type { Duplex } from 'node:stream'
import { type StreamResponse, setStandingHeaders } from './exchange.ts'
import { hangUp } from './operations/hang-up.ts'
import { Refusal, refuse } from './problem.ts'

const NOT_HERE = new Refusal(404, 'no_such_endpoint', 'Streams live under /v1/stream/, sockets under /v1/ws.')

/** Answers 404 when nobody else has answered. */
export async function answerElsewhere(handled: Promise<boolean>, response: StreamResponse): Promise<void> {
  if (await handled) return
  setStandingHeaders(response)
  refuse(response, NOT_HERE)
}

/** Refuses a socket that nobody has taken. */
export function upgradeElsewhere(taken: boolean, socket: Duplex): void {
  if (taken) return
  hangUp(socket, NOT_HERE)
}
