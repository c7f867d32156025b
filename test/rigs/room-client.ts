/**
 * Steers a room from a test, in Node and in every browser alike: nothing but `fetch`.
 *
 * @module
 */
import type { Order, RoomState } from './protocol.ts'

/** A room of the rig as a test sees it. */
export interface RoomClient {
  /** Where clients go: `${url}/sse`, `${url}/in`, `${url}/v1/stream/log`, … */
  readonly url: string
  /** The same over `ws:`. */
  readonly socketUrl: string
  order(order: Order): Promise<RoomState>
  /** The state as soon as the condition holds. */
  until(condition: (state: RoomState) => boolean): Promise<RoomState>
}

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
    url,
    socketUrl: url.replace(/^http/, 'ws'),
    async order(order) {
      // No content type of its own: text/plain needs no preflight.
      const answer = await fetch(`${control}/control`, { method: 'POST', body: JSON.stringify(order) })
      return answer.json()
    },
    async until(condition) {
      let found = await state(-1)
      while (!condition(found)) found = await state(found.version)
      return found
    },
  }
}

/** A name nobody else has. Printed when a test fails, it finds the room's requests in the rig. */
export function roomName(): string {
  return crypto.randomUUID()
}
