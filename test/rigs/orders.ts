/**
 * Carries out what a test orders.
 *
 * @module
 */
import type { DurableMount } from './durable-mount.ts'
import type { Order, RigRecord, RoomState } from './protocol.ts'
import type { Room } from './room.ts'

export function carryOut(room: Room, durable: DurableMount | undefined, order: Order): RoomState {
  room.faults.push(...(order.faults ?? []))
  room.sendFaults.push(...(order.sendFaults ?? []))
  room.opening = order.opening ?? room.opening
  const records = recordsOf(order)
  if (records.length > 0) {
    room.append(records)
    durable?.append(records.map(({ data }) => data))
  }
  if (order.cut === true) room.cut()
  if (order.end === true) {
    room.end()
    durable?.end()
  }
  return room.state
}

function recordsOf({ append = [], fill }: Order): readonly RigRecord[] {
  const given = append.map((record) => (typeof record === 'string' ? { data: record } : record))
  const filled = Array.from({ length: fill?.count ?? 0 }, (_, index) => ({
    data: `${index} `.padEnd(fill?.size ?? 0, '.'),
  }))
  return [...given, ...filled]
}
