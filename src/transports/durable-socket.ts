/**
 * One WebSocket for several streams: what comes in goes to the channel it is for, pings are answered once, and with the last channel
 * the socket closes.
 *
 * @module
 */
import { timeOn } from '../connection/clock.ts'
import { asTransportError, TransportError } from '../errors.ts'
import type { Bookmark, DialRequest, Message, Outgoing } from '../link.ts'
import type { ClientFrame } from '../wire/frames.ts'
import { type Frame, parseFrame, post } from './durable-frames.ts'
import { Channel, type ChannelOwner } from './durable-socket-channel.ts'
import { createPong, type Greeted } from './durable-socket-greeting.ts'
import type { SocketPool } from './durable-socket-pool.ts'
import { SocketPulse } from './durable-socket-pulse.ts'

/** Live subscriptions of one connection (wire.md 2.5), as long as the server has not said. */
const MOST_CHANNELS = 128

/** A dial that takes longer is not joined: who does would wait for the same silence as those before. In ms. */
const MOST_DIALLING = 5_000

/** How often those hear of bytes for whom they were not: often enough for the shortest heartbeat, 1 s. In ms. */
const HEARD_EVERY = 100

export interface SharedSocketPlan {
  readonly key: string
  readonly pool: SocketPool
  /** @param asked what goes out with the greeting. */
  open(part: Pick<DialRequest, 'signal' | 'heard'>, asked: () => readonly ClientFrame[]): Promise<Greeted>
}

type SocketState =
  | { readonly phase: 'dialling'; readonly since: number }
  /** Whoever asks may have a channel. */
  | ({ readonly phase: 'open'; readonly pong: (ping: Frame) => void } & Greeted)
  /** Those who are there may stay; nobody new comes. */
  | ({ readonly phase: 'retired'; readonly pong: (ping: Frame) => void } & Greeted)
  | { readonly phase: 'over' }

/** A subscription that nobody waits for any more, whose answer has not come yet. */
interface Abandoned {
  readonly stream: string
  readonly settled: () => void
}

export class SharedSocket implements ChannelOwner {
  readonly greeted: Promise<Greeted>
  readonly #plan: SharedSocketPlan
  readonly #life = new AbortController()
  readonly #pulse: SocketPulse
  /** In the order in which they came: the first ones have a place. */
  readonly #channels = new Set<Channel>()
  readonly #byId = new Map<number, Channel>()
  readonly #byAlias = new Map<number, Channel>()
  readonly #abandoned = new Map<number, Abandoned>()
  readonly #vacating = new Map<string, Promise<void>>()
  #state: SocketState
  #nextId = 1
  #told = Number.NEGATIVE_INFINITY
  #lingering: unknown
  #asked: () => readonly ClientFrame[] = () => []

  constructor(plan: SharedSocketPlan) {
    this.#plan = plan
    this.#pulse = new SocketPulse(() => timeOn(plan.pool.clock))
    this.#state = { phase: 'dialling', since: this.#now() }
    plan.pool.add(plan.key, this)
    this.greeted = plan.open({ signal: this.#life.signal, heard: () => this.#heard() }, () => this.#asked())
    this.greeted.then(
      (greeted) => this.#opened(greeted),
      (thrown: unknown) => this.#end(asTransportError(thrown)),
    )
  }

  get protocol(): string {
    return 'link' in this.#state ? this.#state.link.protocol : 'websocket'
  }

  /** Whether a channel for this stream may be had here. One that has gone silent is not used again. */
  offers(stream: string): boolean {
    if (this.#pulse.isDoubtful()) this.#retire()
    const state = this.#state
    if (state.phase === 'retired' || state.phase === 'over') return false
    if (state.phase === 'dialling' && this.#now() - state.since > MOST_DIALLING) return false
    if (this.#channels.size + this.#abandoned.size >= this.#room()) return false
    // The server reads a stream once for each connection.
    for (const channel of this.#channels) if (channel.stream === stream) return false
    return true
  }

  join(stream: string, request: DialRequest): Channel {
    this.#plan.pool.clock.clearTimeout(this.#lingering)
    const channel = new Channel(this, stream, request)
    this.#channels.add(channel)
    return channel
  }

  /** What a channel asks goes out with the greeting, unless it has left by then. */
  greetWith(channel: Channel, ask: () => ClientFrame): void {
    this.#asked = () => (this.#channels.has(channel) ? [ask()] : [])
  }

  /** Whether it is among those for whom the server has room: how much there is was said only when many had come. */
  hasRoomFor(channel: Channel): boolean {
    return [...this.#channels].indexOf(channel) < this.#room() - this.#abandoned.size
  }

  /** Resolves when nothing is left of a subscription of this stream that was given up before it was answered. */
  async vacated(stream: string): Promise<void> {
    await this.#vacating.get(stream)
  }

  nextId(channel: Channel): number {
    const id = this.#nextId++
    this.#byId.delete(channel.id)
    this.#byId.set(id, channel)
    channel.id = id
    channel.asked = true
    return id
  }

  async write(batch: readonly Outgoing[]): Promise<void> {
    if ('link' in this.#state) {
      this.#pulse.asked()
      await this.#state.link.write?.(batch)
    } else for (const { settle } of batch) settle(new TransportError('send_failed', 'The connection is closed.'))
  }

  unsubscribe(channel: Channel): void {
    const { alias, asked, id, stream } = channel
    if (asked) this.#abandon(id, stream)
    else if (alias !== undefined && 'link' in this.#state) post(this.#state.link, { t: 'unsub', id, a: alias })
    channel.asked = false
    this.#forget(channel)
  }

  left(channel: Channel): void {
    this.#forget(channel)
    this.#channels.delete(channel)
    if (this.#channels.size > 0 || this.#state.phase === 'over') return
    if (this.#state.phase === 'retired' || this.#pulse.isDoubtful()) this.#end(null)
    else this.#lingering = this.#plan.pool.clock.setTimeout(() => this.#end(null), this.#plan.pool.linger)
  }

  #opened(greeted: Greeted): void {
    if (this.#state.phase === 'over') {
      greeted.link.close()
      return
    }
    this.#state = { phase: 'open', pong: createPong(greeted.link), ...greeted }
    this.#pulse.expectEvery(greeted.welcome.pingMs)
    void this.#pump(greeted)
  }

  async #pump({ link }: Greeted): Promise<void> {
    try {
      while (await link.read((item) => this.#route(item))) if (this.#state.phase === 'over') return
      this.#end(null)
    } catch (thrown) {
      this.#end(asTransportError(thrown))
    }
  }

  /** `false` when nothing more is wanted. */
  #route(item: Message | Bookmark): boolean {
    if (!('link' in this.#state)) return false
    const frame = parseFrame(item)
    const size = typeof item.data === 'string' ? item.data.length : 0
    if (frame.t === 'ping') this.#state.pong(frame)
    else if (frame.t === 'ack' || frame.t === 'nack') this.#withStream(frame.s)?.take(frame, size)
    else if (typeof frame.id === 'number') this.#answered(frame, frame.id, size)
    else if (typeof frame.a === 'number') this.#byAlias.get(frame.a)?.take(frame, size)
    else this.#toAll(frame, size)
    return true
  }

  /** An answer to a `sub`, or what ends a subscription. */
  #answered(frame: Frame, id: number, size: number): void {
    const { t, a } = frame
    const abandoned = this.#abandoned.get(id)
    if (abandoned !== undefined) {
      this.#abandoned.delete(id)
      this.#vacating.delete(abandoned.stream)
      if (t === 'subok' && typeof a === 'number' && 'link' in this.#state) post(this.#state.link, { t: 'unsub', id, a })
      abandoned.settled()
      return
    }
    const channel = this.#byId.get(id)
    if (channel === undefined) return
    this.#byAlias.delete(channel.alias ?? -1)
    channel.asked = false
    channel.alias = t === 'subok' && typeof a === 'number' ? a : undefined
    if (channel.alias !== undefined) this.#byAlias.set(channel.alias, channel)
    channel.take(frame, size)
  }

  #toAll(frame: Frame, size: number): void {
    if (frame.t === 'bye') this.#retire()
    for (const channel of this.#channels) channel.take(frame, size)
  }

  #withStream(stream: unknown): Channel | undefined {
    for (const channel of this.#channels) if (channel.stream === stream) return channel
    return undefined
  }

  #abandon(id: number, stream: string): void {
    this.#vacating.set(stream, new Promise((settled) => this.#abandoned.set(id, { stream, settled })))
  }

  #forget(channel: Channel): void {
    this.#byId.delete(channel.id)
    if (channel.alias !== undefined && this.#byAlias.get(channel.alias) === channel) this.#byAlias.delete(channel.alias)
    channel.alias = undefined
  }

  /** Whoever has asked for a sign of life is told of the first one; all others of some. */
  #heard(): void {
    const awaited = this.#pulse.heard()
    const now = this.#now()
    if (!awaited && now - this.#told < HEARD_EVERY) return
    this.#told = now
    for (const channel of this.#channels) channel.heard()
  }

  #room(): number {
    const limits = 'welcome' in this.#state ? this.#state.welcome.limits : undefined
    const said =
      typeof limits === 'object' && limits !== null && 'subscriptions' in limits ? limits.subscriptions : undefined
    return typeof said === 'number' && said >= 1 ? said : MOST_CHANNELS
  }

  #retire(): void {
    if (this.#state.phase !== 'open') return
    this.#state = { ...this.#state, phase: 'retired' }
    this.#plan.pool.remove(this.#plan.key, this)
    if (this.#channels.size === 0) this.#end(null)
  }

  #end(failure: TransportError | null): void {
    const state = this.#state
    if (state.phase === 'over') return
    this.#state = { phase: 'over' }
    this.#plan.pool.remove(this.#plan.key, this)
    this.#plan.pool.clock.clearTimeout(this.#lingering)
    if ('link' in state) state.link.close(1000)
    else this.#life.abort()
    for (const { settled } of this.#abandoned.values()) settled()
    for (const channel of this.#channels) channel.end(failure)
  }

  #now(): number {
    return timeOn(this.#plan.pool.clock)
  }
}
