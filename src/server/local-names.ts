/**
 * A server for this machine answers to the names of this machine only.
 *
 * A page of a stranger may point a name of its own at 127.0.0.1 (DNS rebinding): to the browser it then asks its own
 * origin, and to us it looks like a page of ours. What tells it apart is the name in `Host`.
 *
 * @module
 */

import type { IncomingMessage } from 'node:http'
import { setStandingHeaders } from './exchange.ts'
import type { ListenerDoors } from './listener.ts'
import { hangUp } from './operations/hang-up.ts'
import { Refusal, refuse } from './problem.ts'

/** RFC 9110 section 15.5.20: a request for somebody else. */
const MISDIRECTED = new Refusal(
  421,
  'wrong_host',
  'This server answers to the names of this machine. Behind a proxy, declare it in trustedProxies.',
)

const LOCAL = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i

/** The same doors, closed to requests that were sent to another name. */
export function localNamesOnly(doors: ListenerDoors): ListenerDoors {
  return {
    request(request, response) {
      if (isLocal(request)) {
        doors.request(request, response)
        return
      }
      setStandingHeaders(response)
      refuse(response, MISDIRECTED)
    },
    upgrade(request, socket, head) {
      if (isLocal(request)) doors.upgrade(request, socket, head)
      else hangUp(socket, MISDIRECTED)
    },
    failed: doors.failed,
  }
}

function isLocal({ headers }: IncomingMessage): boolean {
  const name = headers[':authority'] ?? headers.host
  // HTTP/1.0 has no host, and no browser speaks it.
  return name === undefined || (typeof name === 'string' && LOCAL.test(name))
}
