/**
 * A streaming answer: all that is there, then all that comes, and never more than the socket takes.
 *
 * @module
 */
import type { RigResponse } from './exchange.ts'
import type { RigFormat } from './formats.ts'
import type { Room } from './room.ts'

/** Records in one write: enough for speed, few enough that a stopped reader stops the writer soon. */
const batch = 32

export function serveLive(room: Room, response: RigResponse, format: RigFormat, from: number): void {
  let next = from
  let writable = true
  response.writeHead(200, { 'content-type': format.type, 'cache-control': 'no-store' })
  // Headers leave with the first bytes; a reader of an empty room must not wait for them.
  response.flushHeaders()
  if (format.first !== '') response.write(format.first)
  if (format.type === 'text/event-stream' && room.opening !== '') response.write(room.opening)

  const pump = (): void => {
    while (writable && next < room.records.length) {
      const records = room.records.slice(next, next + batch)
      const text = records.map((record, index) => format.record(record, next + index + 1)).join('')
      next += records.length
      writable = response.write(text)
    }
    if (room.ended && next === room.records.length) response.end()
  }
  response.on('drain', () => {
    writable = true
    pump()
  })
  const unfollow = room.follow(pump)
  response.on('close', unfollow)
  pump()
}
