/**
 * What every side of the benchmark agrees on: the protocols, the messages, and how each protocol writes one.
 *
 * @module
 */

export type Protocol = 'websocket' | 'sse' | 'ndjson'

export const protocols: readonly Protocol[] = ['websocket', 'sse', 'ndjson']

/** The least rate, ours ÷ the bare loop, that counts as "no dearer than by hand". */
export const floors: Readonly<Record<Protocol, number>> = { websocket: 0.93, sse: 0.9, ndjson: 0.93 }

/** The message with this number: about 120 bytes of JSON, as a chat or a telemetry feed has them. */
export function messageText(seq: number): string {
  const id = ((seq * 2_654_435_761) % 4_294_967_296).toString(16).padStart(8, '0')
  return JSON.stringify({
    seq,
    ts: 1_700_000_000_000 + seq,
    type: 'telemetry',
    id,
    text: 'the quick brown fox jumps over it',
  })
}

/** Messages 1 to `count` as the server of this protocol writes them, one frame, event or line each. */
export function wireBytes(protocol: Protocol, count: number): Buffer {
  const parts: Buffer[] = []
  for (let seq = 1; seq <= count; seq++) parts.push(frame(protocol, seq, messageText(seq)))
  return Buffer.concat(parts)
}

function frame(protocol: Protocol, seq: number, text: string): Buffer {
  if (protocol === 'ndjson') return Buffer.from(`${text}\n`)
  // With its id: a stream that nobody can resume is not what the library is for.
  if (protocol === 'sse') return Buffer.from(`id: ${seq}\ndata: ${text}\n\n`)
  return textFrame(text)
}

/** An unmasked text frame (RFC 6455 section 5.2). */
function textFrame(text: string): Buffer {
  const payload = Buffer.from(text)
  const header =
    payload.length < 126
      ? Buffer.from([0x81, payload.length])
      : Buffer.from([0x81, 126, payload.length >> 8, payload.length & 0xff])
  return Buffer.concat([header, payload])
}
