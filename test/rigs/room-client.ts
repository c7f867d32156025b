/**
 * Steers a room from a test, in Node and in every browser alike: nothing but `fetch`.
 *
 * @module
 */
import type { Order, RoomState } from './protocol.ts'

/** A room of the rig as a test sees it. */
export interface RoomClient {
  /** Finds the room's requests in the rig when a test has failed. */
  readonly id: string
  /** Where clients go: `${url}/sse`, `${url}/in`, `${url}/v1/stream/log`, … */
  readonly url: string
  /** The same over `ws:`. */
  readonly socketUrl: string
  order(order: Order): Promise<RoomState>
  /** The state as soon as the condition holds. Rejects with the room's name and its last state when that takes {@link patience}. */
  until(condition: (state: RoomState) => boolean): Promise<RoomState>
}

/** In milliseconds: less than a test's own limit, so that the reason is told and not only the time. */
export const patience = 15_000

/**
 * @param dataUrl - where the clients under test connect to.
 * @param controlUrl - another port, so that orders never wait behind a browser's six connections per origin.
 */
export function openRoom(dataUrl: string, controlUrl: string, name: string): RoomClient {
  const control = `${controlUrl}/room/${name}`
  const state = async (after: number): Promise<RoomState> => {
    const answer = await fetch(`${control}/state?after=${after}`)
    return answer.json()
  }
  const url = `${dataUrl}/room/${name}`
  return {
    id: name,
    url,
    socketUrl: url.replace(/^http/, 'ws'),
    async order(order) {
      // No content type of its own: text/plain needs no preflight.
      const answer = await fetch(`${control}/control`, { method: 'POST', body: JSON.stringify(order) })
      return answer.json()
    },
    async until(condition) {
      const began = performance.now()
      let found = await state(-1)
      while (!condition(found)) {
        if (performance.now() - began > patience) throw new Error(`Room ${name} stays as it is: ${told(found)}.`)
        found = await state(found.version)
      }
      return found
    },
  }
}

/** A room in one line: whole states hold every header of every request. */
function told({ open, requests, received, cuts }: RoomState): string {
  const asked = requests.map(({ method, endpoint, position }) => `${method} ${endpoint} from ${position}`)
  return JSON.stringify({ open, asked, received: received.length, cuts })
}

/** A name nobody else has. */
export function roomName(): string {
  return crypto.randomUUID()
}
