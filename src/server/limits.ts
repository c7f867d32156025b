/**
 * Every limit of the server, with its default, in one place.
 *
 * @module
 */

/** `rate` a second on average, `burst` at once. */
export interface Rate {
  readonly perSecond: number
  readonly burst: number
}

/** What a server takes, from whom, and for how long. `Infinity` lifts a limit. */
export interface Limits {
  /** Open WebSockets and live reads of this server; beyond that 503. Default 10,000. */
  readonly connections: number
  /** … of one IP address (of one /64 in IPv6). Default 100. */
  readonly connectionsPerAddress: number
  /** … of one principal. Default 32. */
  readonly connectionsPerPrincipal: number
  /** New connections of the whole server; beyond that 503 with `Retry-After`. Default 500 a second, 1,000 at once. */
  readonly accepts: Rate
  /** New connections of one principal or address. Default 10 a second, 50 at once. */
  readonly handshakes: Rate
  /** HTTP requests of one principal or address. Default 50 a second, 200 at once. */
  readonly requests: Rate
  /** Appends and `pub` frames of one principal or address. Default 20 a second, 60 at once. */
  readonly publishes: Rate
  /** Bytes of appends of one principal or address. Default 262,144 a second, 1 MiB at once. */
  readonly bytesIn: Rate
  /** Created streams of one principal or address. Default 10 a second, 10 at once. */
  readonly creates: Rate
  /** Failed authentications of one address a minute; after that 429 for a minute. Default 5. */
  readonly authenticationFailures: number
  /** Frames of one WebSocket connection; beyond that it is closed with 4229. Default 200 a second, 1,000 at once. */
  readonly frames: Rate
  /** Largest WebSocket message, in bytes. Default 65,536. */
  readonly messageBytes: number
  /** Fragments of one WebSocket message. Default 64. */
  readonly fragments: number
  /** Largest body of an HTTP append, in bytes. Default 1 MiB. */
  readonly bodyBytes: number
  /** Records of one append. Default 1,000. */
  readonly recordsPerAppend: number
  /** How deep JSON may nest. Default 32. */
  readonly jsonDepth: number
  /** Keys of one JSON object. Default 1,000. */
  readonly jsonKeys: number
  /** Streams that one WebSocket reads. Default 128. */
  readonly subscriptions: number
  /** `pub` frames of one WebSocket without an answer; further ones are not read. Default 64. */
  readonly unacknowledged: number
  /** Records and bytes delivered to a WebSocket that sends `seen`, and not yet seen. Default 2,048 and 1 MiB. */
  readonly creditRecords: number
  readonly creditBytes: number
  /** Streams of this server, and of one principal. Default 10,000 each. */
  readonly streams: number
  readonly streamsPerPrincipal: number
  /** A stream that nobody reads or writes for so long goes, when it has no expiry of its own. Default 24 h. */
  readonly streamIdleMs: number
  /** Producers that a stream remembers for 7 days. Default 1,000. */
  readonly producers: number
  /** What the memory store holds, in bytes. Default 256 MiB. */
  readonly memoryBytes: number
  /** What the newest records of all streams may take for live readers, in bytes. Default 64 MiB. */
  readonly ringBytes: number
  /** How long a long-poll waits, give or take a tenth. Default 25,000. */
  readonly longPollMs: number
  /** How long one SSE or NDJSON answer lasts, give or take a fifth. Default 900,000. */
  readonly maxAgeMs: number
  /** The first frame of a WebSocket, `hello`, has to come within. Default 10,000. */
  readonly helloMs: number
  /** A peer whose socket takes nothing for so long is cut off; it resumes from its own position. Default 20,000. */
  readonly stallMs: number
  /** The body of an append has to be there within. Default 30,000. */
  readonly bodyMs: number
  /** Slower uploads than so many bytes a second, over 10 s, are ended. Default 1,024. */
  readonly minimumBytesPerSecond: number
  /** An open connection is authorised anew after so long. Default 300,000. */
  readonly revalidateMs: number
}

const MIB = 1024 * 1024

export const DEFAULT_LIMITS: Limits = {
  connections: 10_000,
  connectionsPerAddress: 100,
  connectionsPerPrincipal: 32,
  accepts: { perSecond: 500, burst: 1_000 },
  handshakes: { perSecond: 10, burst: 50 },
  requests: { perSecond: 50, burst: 200 },
  publishes: { perSecond: 20, burst: 60 },
  bytesIn: { perSecond: 256 * 1024, burst: MIB },
  creates: { perSecond: 10, burst: 10 },
  authenticationFailures: 5,
  frames: { perSecond: 200, burst: 1_000 },
  messageBytes: 64 * 1024,
  fragments: 64,
  bodyBytes: MIB,
  recordsPerAppend: 1_000,
  jsonDepth: 32,
  jsonKeys: 1_000,
  subscriptions: 128,
  unacknowledged: 64,
  creditRecords: 2_048,
  creditBytes: MIB,
  streams: 10_000,
  streamsPerPrincipal: 10_000,
  streamIdleMs: 24 * 60 * 60_000,
  producers: 1_000,
  memoryBytes: 256 * MIB,
  ringBytes: 64 * MIB,
  longPollMs: 25_000,
  maxAgeMs: 15 * 60_000,
  helloMs: 10_000,
  stallMs: 20_000,
  bodyMs: 30_000,
  minimumBytesPerSecond: 1_024,
  revalidateMs: 5 * 60_000,
}

/**
 * The defaults with what is given instead.
 *
 * @throws RangeError for a limit that does not exist, or is not a number above 0.
 */
export function limitsFrom(given: Partial<Limits>): Limits {
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(DEFAULT_LIMITS, name)) throw new RangeError(`There is no limit called ${name}.`)
    for (const part of typeof value === 'object' ? [value.perSecond, value.burst] : [value])
      if (part !== undefined && !(typeof part === 'number' && part > 0))
        throw new RangeError(`limits.${name} has to be a number above 0.`)
  }
  const stated = Object.entries(given).filter(([, value]) => value !== undefined)
  return { ...DEFAULT_LIMITS, ...Object.fromEntries(stated) }
}
