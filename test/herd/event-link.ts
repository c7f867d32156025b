/**
 * A bare client of `live=sse`: a `data` event counts when the `control` event behind it has come (wire.md 2.4).
 *
 * @module
 */
import { get, type IncomingMessage } from 'node:http'
import { QUERY, SSE_CONTROL, SSE_DATA, STREAM_MOUNT } from '../../src/wire/names.ts'
import { type Dial, failure, type LinkEvents, refused } from './link.ts'

const HEARTBEAT_SECONDS = '60'

export const dialEvents: Dial = ({ port, stream, offset }, events) => {
  const query = new URLSearchParams({
    [QUERY.offset]: offset,
    [QUERY.live]: 'sse',
    [QUERY.heartbeat]: HEARTBEAT_SECONDS,
  })
  const path = `${STREAM_MOUNT}${stream}?${query}`
  let answer: IncomingMessage | null = null
  const dialled = get({ host: '127.0.0.1', port, path, agent: false }, (response) => {
    answer = response
    if (response.statusCode === 200) read(response, events)
    else {
      response.resume()
      events.lost(refused(response))
    }
  })
  dialled.on('error', () => events.lost(failure('network')))
  return {
    pause: () => void answer?.pause(),
    resume: () => void answer?.resume(),
    destroy: () => void dialled.destroy(),
  }
}

function read(response: IncomingMessage, events: LinkEvents): void {
  let rest = ''
  let records: unknown[] = []
  let pauseMs: number | undefined
  response.setEncoding('utf8')
  response.on('error', () => {})
  response.on('close', () => events.lost(failure('interrupted', { retryAfterMs: pauseMs })))
  response.on('data', (text: string) => {
    const blocks = (rest + text).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const data = /^data: ?(.*)$/m.exec(block)?.[1]
      if (data === undefined) continue
      const name = /^event: ?(.*)$/m.exec(block)?.[1]
      if (name === SSE_DATA) records.push(...JSON.parse(data))
      if (name !== SSE_CONTROL) continue
      const { streamNextOffset, drainInMs, streamReset } = JSON.parse(data)
      if (streamReset !== undefined) throw new Error(`The server reset the position: ${streamReset}.`)
      events.records(records, streamNextOffset)
      records = []
      pauseMs = drainInMs
    }
  })
  events.opened()
}
