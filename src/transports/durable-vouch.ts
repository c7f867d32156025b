/**
 * Speaking for a poll that the server holds back.
 *
 * @module
 */
import type { DialRequest } from '../link.ts'
import type { Opened } from './durable-http.ts'

/** A server answers a poll within 25 s and a tenth (wire.md 2.3), and the answer has a way to go. In ms. */
const LONGEST_POLL = 40_000

/**
 * Opens a link over long-polling. Its only sign of life is an answer, which a quiet stream holds back for longer than anybody
 * who waits for a heartbeat is patient: until one is overdue, it is vouched for.
 */
export async function vouched(open: (request: DialRequest) => Promise<Opened>, request: DialRequest): Promise<Opened> {
  const { heartbeatInterval } = request
  if (!Number.isFinite(heartbeatInterval)) return open(request)
  let silence = 0
  const heard = (): void => {
    silence = 0
    request.heard()
  }
  const opened = await open({ ...request, heard })
  if ('reset' in opened) return opened
  let over = false
  const vouch = async (): Promise<void> => {
    while (!over) {
      await request.delay(heartbeatInterval / 2)
      silence += heartbeatInterval / 2
      if (!over && silence < LONGEST_POLL) request.heard()
    }
  }
  void vouch()
  const { link } = opened
  return {
    link: {
      ...link,
      close(code, reason) {
        over = true
        link.close(code, reason)
      },
    },
  }
}
