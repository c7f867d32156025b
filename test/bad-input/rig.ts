/**
 * One server, its bystanders, and somebody who is up to no good.
 *
 * @module
 */

import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { answerElsewhere, upgradeElsewhere } from '../../src/server/elsewhere.ts'
import { createStreamServer, type StreamServer, type StreamServerOptions } from '../../src/server/index.ts'
import type { Limits, Rate } from '../../src/server/limits.ts'
import { type Listener, listen } from '../../src/server/listener.ts'
import { DEFAULT_TIMES, type TransportTimes } from '../../src/server/operations/transport.ts'
import type { Authenticate, Authorize } from '../../src/server/security/principal.ts'
import { memoryStore } from '../../src/server/stores/memory-store.ts'
import type { StreamStore } from '../../src/server/stores/store.ts'
import { type ManualClock, manualClock } from '../../src/server/testing/manual-clock.ts'
import { Bystanders, type CrowdSize } from './bystanders.ts'
import { answersIn, connectTo, type RawAnswer, readToEnd, requestText } from './raw-http.ts'
import { type AnyFrame, GOOD_UPGRADE, RawPeer } from './raw-peer.ts'
import { CANARY, Witness } from './witness.ts'

/** The stream of the bystanders. Nobody else may write it. */
export const STEADY = 'steady'

/** Who can be asked as. */
export const TOKENS = {
  steady: `${CANARY}-token-steady`,
  /** May do everything but what the bystanders do, and nothing under `secret/`. */
  mallory: `${CANARY}-token-mallory`,
  /** Like mallory, under another name. */
  trudy: `${CANARY}-token-trudy`,
  /** Mallory's from yesterday. */
  expired: `${CANARY}-token-expired`,
} as const

const FREE: Rate = { perSecond: Number.POSITIVE_INFINITY, burst: Number.POSITIVE_INFINITY }

/** Less than the runner's: a test that hangs is to say where it does. */
const PATIENCE_MS = 15_000

const EVERYTHING = { records: Number.MAX_SAFE_INTEGER, bytes: Number.MAX_SAFE_INTEGER }

/** All that is counted by somebody's name or address is lifted: a test sets the one limit that it is about. */
const LIFTED: Partial<Limits> = {
  connectionsPerAddress: Number.POSITIVE_INFINITY,
  connectionsPerPrincipal: Number.POSITIVE_INFINITY,
  accepts: FREE,
  handshakes: FREE,
  requests: FREE,
  publishes: FREE,
  bytesIn: FREE,
  creates: FREE,
  authenticationFailures: Number.POSITIVE_INFINITY,
}

export interface RigOptions {
  readonly limits?: Partial<Limits> | undefined
  readonly crowd?: CrowdSize | undefined
  /** Streams that the test means to change. */
  readonly changes?: readonly string[] | undefined
  /** More options of the server. */
  readonly server?: Partial<Omit<StreamServerOptions, 'limits' | 'store' | 'clock' | 'meter'>> | undefined
  /** How long Node waits for heads and bodies. Its clock is the machine's. Default: as the server's own `listen` has it. */
  readonly times?: TransportTimes | undefined
  /** After so many milliseconds nobody waits any longer, and the test says where everyone stands. Default: 15,000. */
  readonly patienceMs?: number | undefined
  /** Puts something between the server and its store. */
  readonly store?: ((inner: StreamStore) => StreamStore) | undefined
}

/** How a request is made. */
export interface Ask {
  readonly headers?: readonly string[] | undefined
  readonly body?: string | undefined
  /** Default: mallory's. `null`: none. */
  readonly token?: string | null | undefined
}

export class Rig {
  readonly witness: Witness
  readonly clock: ManualClock
  readonly store: StreamStore
  readonly bystanders: Bystanders
  readonly port: number
  /** What must never be written down, beside {@link CANARY}. */
  readonly secrets: string[] = [CANARY]
  /** Everything the server has said to mallory in refusals and errors. */
  readonly told: string[] = []
  readonly #sockets: Socket[] = []
  readonly #peers: RawPeer[] = []

  constructor(port: number, witness: Witness, clock: ManualClock, store: StreamStore, crowd: CrowdSize) {
    this.port = port
    this.witness = witness
    this.clock = clock
    this.store = store
    this.bystanders = new Bystanders({ port, path: STEADY, token: TOKENS.steady }, crowd)
  }

  /** A connection that is mallory's own affair. It ends with the test. */
  async connect(): Promise<Socket> {
    const socket = await connectTo(this.port)
    this.#sockets.push(socket)
    return socket
  }

  /** Sends bytes as they stand, and gives back what came until the server closed. */
  async send(...parts: readonly (string | Uint8Array)[]): Promise<RawAnswer[]> {
    const socket = await this.connect()
    const all = readToEnd(socket)
    for (const part of parts) socket.write(part)
    return this.#heard(answersIn(await all))
  }

  /** The same for what is not read to its end: the server leaves such a socket alone for a second before it closes. */
  async sendUnread(...parts: readonly (string | Uint8Array)[]): Promise<RawAnswer[]> {
    const socket = await this.connect()
    const all = readToEnd(socket)
    for (const part of parts) socket.write(part)
    await once(socket, 'data')
    this.clock.advance(1_000)
    return this.#heard(answersIn(await all))
  }

  /** The server's side of a connection. */
  serverSideOf(socket: Socket): Socket {
    const own = this.witness.sockets.find(({ remotePort }) => remotePort === socket.localPort)
    if (own === undefined) throw new Error('The server does not know this connection.')
    return own
  }

  /** One request, and its one answer. */
  async ask(method: string, target: string, { headers = [], body, token = TOKENS.mallory }: Ask = {}) {
    const all = ['Connection: close', ...headers]
    if (token !== null) all.push(`Authorization: Bearer ${token}`)
    if (body !== undefined) all.push(`Content-Length: ${Buffer.byteLength(body)}`)
    const [answer, ...more] = await this.send(requestText(method, target, all, body))
    if (answer === undefined || more.length > 0) throw new Error(`One request, ${more.length} answers.`)
    return answer
  }

  /** Opens a WebSocket by hand. A refusal is in the answer. */
  async shakeHands(headers: readonly string[] = GOOD_UPGRADE, target = '/v1/ws') {
    const peer = new RawPeer(await this.connect())
    this.#peers.push(peer)
    const answer = await peer.shakeHands(headers, target)
    return { peer, answer }
  }

  /** Opens a WebSocket and greets. */
  async greet(token: string = TOKENS.mallory): Promise<RawPeer> {
    const { peer } = await this.shakeHands()
    peer.say({ t: 'hello', v: 1, token, pingMs: 60_000 })
    await peer.until(({ t }) => t === 'welcome')
    return peer
  }

  /** A stream with records, made by the bystanders' own principal. It is not to change any more, unless announced. */
  async seed(path: string, body: string, type = 'application/json', headers: readonly string[] = []): Promise<void> {
    const all = [`Content-Type: ${type}`, ...headers]
    const made = await this.ask('PUT', `/v1/stream/${path}`, { headers: all, body, token: TOKENS.steady })
    if (made.status !== 201) throw new Error(`The stream ${path} could not be made: ${made.status} ${made.body}`)
    this.witness.changed.delete(path)
  }

  /** What is stored, as one list: the bytes of the records with commas between. */
  async stored(path: string): Promise<string> {
    const page = await this.store.read(path, 0, EVERYTHING)
    return `[${page?.records.map(({ body }) => body).join(',')}]`
  }

  #heard(answers: RawAnswer[]): RawAnswer[] {
    for (const { status, body } of answers) if (status >= 400) this.told.push(body)
    return answers
  }

  /** All frames of one sort that any of mallory's sockets has received. */
  frames(t: string): AnyFrame[] {
    return this.#peers.flatMap(({ received }) => received).filter((frame) => frame.t === t)
  }

  /** Mallory goes away. */
  leave(): void {
    this.told.push(...this.frames('err').map((frame) => JSON.stringify(frame)))
    for (const socket of this.#sockets) socket.destroy()
  }
}

/** Starts everything, runs, and stops everything. */
export async function withRig(options: RigOptions, run: (rig: Rig) => Promise<void>): Promise<void> {
  const witness = new Witness()
  const clock = manualClock()
  const inner = memoryStore({ clock, retention: { bytes: 64 * 1024 * 1024 } })
  const store = options.store?.(inner) ?? inner
  witness.watchStore(inner)
  const server = createStreamServer({
    authenticate: authenticateAt(clock),
    authorize,
    store,
    clock,
    report: witness.report,
    log: witness.log,
    meter: witness.meter,
    ...options.server,
    limits: { ...LIFTED, ...options.limits },
  })
  const listener = await listenFor(server, options.times ?? DEFAULT_TIMES, witness)
  try {
    witness.watchPort(listener.address.port)
    const rig = new Rig(listener.address.port, witness, clock, store, options.crowd ?? {})
    await runOn(rig, options.patienceMs ?? PATIENCE_MS, run)
  } finally {
    listener.cut()
    await Promise.all([server.close({ graceMs: 1 }), listener.close(), clock.advance(1_000)])
    witness.release()
  }
}

/** The server's own `listen`, but that times may be given. */
function listenFor(server: StreamServer, times: TransportTimes, { report }: Witness): Promise<Listener> {
  const doors = {
    request: (request: IncomingMessage, response: ServerResponse) =>
      void answerElsewhere(server.handle(request, response), response),
    upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      upgradeElsewhere(server.upgrade(request, socket, head), socket),
    failed: report,
  }
  return listen(doors, {}, { times })
}

async function runOn(rig: Rig, patienceMs: number, run: (rig: Rig) => Promise<void>): Promise<void> {
  const impatience = setTimeout(() => {
    rig.bystanders.giveUp()
    rig.leave()
  }, patienceMs)
  try {
    await rig.seed(STEADY, '[]')
    await rig.bystanders.start()
    await run(rig)
  } finally {
    clearTimeout(impatience)
    rig.leave()
    rig.bystanders.stop()
  }
}

function authenticateAt(clock: ManualClock): Authenticate {
  const day = 24 * 60 * 60_000
  return ({ token }) => {
    if (token === TOKENS.steady) return { id: 'steady' }
    if (token === TOKENS.mallory) return { id: 'mallory' }
    if (token === TOKENS.trudy) return { id: 'trudy' }
    if (token === TOKENS.expired) return { id: 'mallory', expiresAt: clock.now() - day }
    return null
  }
}

const authorize: Authorize = (principal, action, path) => {
  if (principal?.id === 'steady') return true
  return path.startsWith('secret/') ? false : path !== STEADY || action === 'read'
}
