/**
 * Who is measured: the bare loops, each with its identical twin, and ours beside them.
 *
 * @module
 */
import { ndjsonLoop, sseLoop, webSocketLoop } from './candidates/bare.ts'
import { actorOf, durableActorOf, transportOf } from './candidates/statewire.ts'
import type { Protocol } from './protocols.ts'

/** Opens the URL and hands over each message, parsed, until its process ends. */
export type Receive = (url: string, take: (value: unknown) => void) => unknown

/** One row of the table. */
export interface Candidate {
  readonly name: string
  readonly protocol: Protocol
  /** The twin is the baseline once more: how far the two differ is what this machine cannot tell apart today. */
  readonly role: 'baseline' | 'twin' | 'judged' | 'other'
  /** Prepared bytes that cost nothing, or our own server with the framing of durable streams. */
  readonly source: 'blast' | 'streams'
  readonly receive: Receive
}

function rowsOf(protocol: Protocol, bareName: string, bare: Receive): readonly Candidate[] {
  const source = 'blast'
  const plainFace = "statewire, createTransport().on('event')"
  return [
    { name: bareName, protocol, role: 'baseline', source, receive: bare },
    { name: `${bareName}, twin`, protocol, role: 'twin', source, receive: bare },
    { name: "statewire, actor.on('message')", protocol, role: 'judged', source, receive: actorOf(protocol) },
    { name: plainFace, protocol, role: 'other', source, receive: transportOf(protocol) },
    { name: 'statewire, durable', protocol, role: 'other', source: 'streams', receive: durableActorOf(protocol) },
  ]
}

const own: readonly Candidate[] = [
  ...rowsOf('websocket', 'ws', webSocketLoop),
  ...rowsOf('sse', 'node:http + eventsource-parser', sseLoop),
  ...rowsOf('ndjson', 'node:http + line splitter', ndjsonLoop),
]

/** Our own rows, and those of a module that exports `candidates`: other libraries, installed wherever it is. */
export async function loadCandidates(peerModule: string | undefined): Promise<readonly Candidate[]> {
  if (peerModule === undefined) return own
  const { candidates }: { candidates: readonly Candidate[] } = await import(peerModule)
  return [...own, ...candidates]
}
