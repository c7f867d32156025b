/**
 * What a bare client says until its server will send it records: bytes prepared once, the same for every connection.
 *
 * @module
 */
import { WEBSOCKET_PATH, WEBSOCKET_PROTOCOL } from '../../../src/wire/names.ts'

/** A conversation: say `opening`, then wait for each text in turn and say what follows it. Whoever is through is connected. */
export interface Dialogue {
  readonly opening: Buffer
  readonly steps: readonly Step[]
}

interface Step {
  readonly awaits: string
  readonly says: Buffer | null
}

/** The stream that everybody reads. */
export const STREAM = 'bench'

/** The longest interval our server agrees to: beside 10,000 heartbeats every 5 s no broadcast could be measured alone. */
const QUIET_SECONDS = 60

/** The end of a head. */
const HEAD = '\r\n\r\n'

export const plainSocket: Dialogue = {
  opening: upgrade('/'),
  steps: [{ awaits: HEAD, says: null }],
}

/** Engine.IO 4: the server opens (`0`), the client joins the main namespace (`40`) and hears so. */
export const socketIo: Dialogue = {
  opening: upgrade('/socket.io/?EIO=4&transport=websocket'),
  steps: [
    { awaits: '0{"sid"', says: maskedText('40') },
    { awaits: '40{"sid"', says: null },
  ],
}

export const streamSocket: Dialogue = {
  opening: upgrade(WEBSOCKET_PATH, `Sec-WebSocket-Protocol: ${WEBSOCKET_PROTOCOL}\r\n`),
  steps: [
    {
      awaits: HEAD,
      says: Buffer.concat([
        maskedText(JSON.stringify({ t: 'hello', v: 1, pingMs: QUIET_SECONDS * 1000 })),
        maskedText(JSON.stringify({ t: 'sub', id: 1, s: STREAM, o: 'now' })),
      ]),
    },
    { awaits: '"t":"live"', says: null },
  ],
}

export const plainEventStream: Dialogue = {
  opening: request('/', 'Accept: text/event-stream\r\n'),
  steps: [{ awaits: HEAD, says: null }],
}

export const streamEvents: Dialogue = {
  opening: request(
    `/v1/stream/${STREAM}?offset=now&live=sse&heartbeat=${QUIET_SECONDS}`,
    'Accept: text/event-stream\r\n',
  ),
  steps: [{ awaits: '"upToDate":true', says: null }],
}

function request(target: string, headers: string): Buffer {
  return Buffer.from(`GET ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\n${headers}\r\n`)
}

/** The key is the example of RFC 6455 section 1.3: nobody here checks what the server makes of it. */
function upgrade(target: string, headers = ''): Buffer {
  const key = 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'
  return request(target, `Connection: Upgrade\r\nUpgrade: websocket\r\n${key}${headers}`)
}

/** A client's text frame (RFC 6455 section 5.3). A mask of zeros is a mask, and leaves the text as it is. */
export function maskedText(text: string): Buffer {
  const payload = Buffer.from(text)
  if (payload.length > 125) throw new RangeError('A frame of the dialogue has at most 125 bytes.')
  return Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload])
}
