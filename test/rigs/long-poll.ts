/**
 * One page per request: what is there behind the cursor, or the wait for it.
 *
 * @module
 */
import type { RigResponse } from './exchange.ts'
import type { Room } from './room.ts'

/** @param most - the most records on a page. */
export function servePage(room: Room, response: RigResponse, from: number, most: number): void {
  let answered = false
  const look = (): void => {
    const records = room.records.slice(from, from + most)
    if (answered || (records.length === 0 && !room.ended)) return
    answered = true
    const next = from + records.length
    response.setHeader('stream-next-offset', String(next))
    if (room.ended && next === room.records.length) response.setHeader('stream-closed', 'true')
    if (records.length === 0) {
      response.writeHead(204)
      response.end()
      return
    }
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(records.map((record) => record.data)))
  }
  const unfollow = room.follow(look)
  response.on('close', unfollow)
  look()
}
