/**
 * Where clients post to: what came, in which order, and how many were open at once.
 *
 * @module
 */
import { bodyOf, type RigRequest, type RigResponse } from './exchange.ts'
import { answerFault } from './faults.ts'
import type { Room } from './room.ts'

export async function takePost(
  room: Room,
  request: RigRequest,
  response: RigResponse,
  elsewhere: string,
): Promise<void> {
  const fault = room.sendFaults.shift()
  const body = await bodyOf(request, (bytes) => room.upload(bytes))
  if (fault !== undefined) return answerFault(fault, request, response, elsewhere)
  room.receive({ body: body.toString(), type: String(request.headers['content-type'] ?? '') })
  response.writeHead(204)
  response.end()
}
