/**
 * The other end of a long poll. Each dial is answered with a head, and its body is the first page; every later poll of the same
 * link brings back what that head gave it to echo, which tells it from the next dial.
 *
 * @module
 */
import type { ConnectionPeer } from '../../src/testing/drive.ts'
import { protocols } from '../../src/testing/model-events.ts'
import { type Exchange, page, type ScriptedServer } from '../../src/testing/server.ts'

const statuses = { retry: 500, 'refresh-token': 401, stop: 403 }

const headers = { 'content-type': 'application/json', 'stream-cursor': 'a link that is open' }

function isDial({ method, query }: Exchange): boolean {
  return method === 'GET' && !query.has('cursor')
}

function isPoll({ query }: Exchange): boolean {
  return query.has('cursor')
}

export function pollingPeerOf(server: ScriptedServer): ConnectionPeer {
  const firstPage = (): Exchange | undefined => server.answering.find(isDial)
  const say = async (text: string): Promise<void> => {
    const first = firstPage()
    if (first === undefined) return page([text], headers)(await server.next(isPoll)) as Promise<void>
    await first.send(JSON.stringify([text]))
    await first.end()
  }
  /** The first page is said, so that there is a poll to answer. */
  const nextPoll = async (): Promise<Exchange> => {
    if (firstPage() !== undefined) await say('welcome')
    return server.next(isPoll)
  }
  return {
    async accept() {
      await (await server.next(isDial)).accept({ as: 'body', headers })
    },
    async refuse(failure) {
      await (await server.next(isDial)).respond({ status: statusOf(failure) })
    },
    async lose(failure) {
      const first = firstPage()
      if (first !== undefined && failure === 'retry') return first.reset()
      await (await nextPoll()).respond({ status: statusOf(failure) })
    },
    async end() {
      await page([], { ...headers, 'stream-closed': 'true' })(await nextPoll())
    },
    say,
    async counts() {
      const { answering, held } = server
      return { held: held.filter(isDial).length, open: held.filter(isPoll).length + answering.filter(isDial).length }
    },
  }
}

function statusOf(failure: string): number {
  if (!protocols['long-poll'].losses.some((one) => one === failure)) throw new Error(`No poll fails with "${failure}".`)
  return statuses[failure as keyof typeof statuses]
}
