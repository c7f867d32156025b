/**
 * Everything one app has told, within bounds, as state at any instant.
 *
 * @module
 */
import { bounds } from '../protocol/bounds.ts'
import type { ActorMessage, AppMessage, FrameMessage } from '../protocol/messages.ts'
import { Definitions } from './definitions.ts'
import { countWhile, Ring } from './history.ts'
import { type Entrance, type Hello, incoming } from './incoming.ts'
import { isName } from './reading.ts'
import { Track } from './track.ts'
import type { ActorView, Entry, Fate, Unsettled } from './view.ts'

/** What is kept in all: entries, and what stands between them. */
const mostTold = 2 * bounds.ring
const mostPayloads = 2_000
const mostPayloadText = 8_388_608

/** Something told, and what of the actor's past goes when it goes. */
interface Told {
  readonly message: Entrance
  readonly track: Track | undefined
  readonly holds: 'moment' | 'health' | 'send' | 'nothing'
  readonly weight: number
}

function isEntry(message: Entrance): message is Entry {
  return message.kind === 'event' || message.kind === 'step' || message.kind === 'frame'
}

function isSend(entry: Entry | undefined): entry is FrameMessage {
  return entry?.kind === 'frame' && entry.direction === 'out'
}

/** Roughly what it takes in memory, in bytes. */
function weightOf(message: Entrance): number {
  if (message.kind === 'frame') return 256 + 2 * (message.text?.length ?? 0)
  return message.kind === 'step' || message.kind === 'actor' ? 512 : 256
}

export class AppLog {
  readonly definitions = new Definitions()
  readonly payloads = new Map<number, string | null>()
  readonly #tracks = new Map<string, Track>()
  /** The longest gone first: they make room when there are too many. */
  readonly #gone = new Set<string>()
  readonly #told = new Ring<Told>()
  readonly #entries = new Ring<Entry>()
  #hello: Hello | undefined
  #weight = 0
  #payloadText = 0
  #seq = -1
  /** Of the newest entry. */
  #t = Number.NEGATIVE_INFINITY
  #now = 0
  #dropped = 0

  get hello(): Hello | undefined {
    return this.#hello
  }

  /** The newest `t` heard. */
  get now(): number {
    return this.#now
  }

  get dropped(): number {
    return this.#dropped
  }

  get entries(): readonly Entry[] {
    return this.#entries.all
  }

  get tracks(): Iterable<Track> {
    return this.#tracks.values()
  }

  track(actor: string): Track | undefined {
    return this.#tracks.get(actor)
  }

  entry(seq: number): Entry | undefined {
    const entry = this.#entries.item(countWhile(this.#entries, (other) => other.seq < seq))
    return entry?.seq === seq ? entry : undefined
  }

  /** Whether this begins another run: then nothing kept here is true any more. The same one says hello again when it is asked for everything. */
  isAnotherRun({ name, epoch }: Hello): boolean {
    return this.#hello !== undefined && (this.#hello.name !== name || this.#hello.epoch !== epoch)
  }

  /** Whatever is malformed is left out. */
  apply(message: AppMessage): void {
    const read = incoming(message)
    if (read === undefined) return
    if (read.kind === 'hello') this.#hello = read
    else if (read.kind === 'definition') this.definitions.add(read.hash, read.json)
    else if (read.kind === 'payload') this.#keepPayload(read.seq, read.text)
    else if (read.kind === 'context') this.#hearContext(read.actor, read.text)
    else this.#tell(read)
  }

  #hearContext(actor: string, text: string): void {
    const track = this.#trackOf(actor)
    if (track !== undefined) track.context = text
  }

  #keepPayload(seq: number, text: string | null): void {
    this.#forgetPayload(seq)
    this.payloads.set(seq, text)
    this.#payloadText += text?.length ?? 0
    for (const oldest of this.payloads.keys()) {
      if (this.payloads.size <= mostPayloads && this.#payloadText <= mostPayloadText) break
      this.#forgetPayload(oldest)
    }
  }

  #forgetPayload(seq: number): void {
    this.#payloadText -= this.payloads.get(seq)?.length ?? 0
    this.payloads.delete(seq)
  }

  #trackOf(actor: string): Track | undefined {
    const known = this.#tracks.get(actor)
    if (known !== undefined) return known
    if (this.#tracks.size >= bounds.actors) {
      const [longestGone] = this.#gone
      if (longestGone === undefined) return undefined
      this.#forgetActor(longestGone)
    }
    const track = new Track(actor, this.definitions)
    this.#tracks.set(actor, track)
    return track
  }

  #forgetActor(actor: string): void {
    this.#gone.delete(actor)
    this.#tracks.delete(actor)
  }

  #tell(read: Entrance): void {
    if (isEntry(read) && read.seq <= this.#seq) return
    // A clock that ran backwards would make the log lie about what came first.
    const message = isEntry(read) && read.t < this.#t ? { ...read, t: this.#t } : read
    if (isEntry(message)) {
      this.#seq = message.seq
      this.#t = message.t
      this.#entries.push(message)
    }
    this.#now = Math.max(this.#now, message.t)
    const track = 'actor' in message ? this.#trackOf(message.actor) : undefined
    const holds = track === undefined ? 'nothing' : this.#follow(track, message)
    if (message.kind === 'dropped') this.#dropped += message.count
    const weight = weightOf(message)
    this.#told.push({ message, track, holds, weight })
    this.#weight += weight
    this.#keepWithinBounds()
  }

  /** Answers what the actor keeps of it. */
  #follow(track: Track, message: Entrance): Told['holds'] {
    switch (message.kind) {
      case 'actor':
        track.identify(message)
        this.#gone.delete(track.id)
        track.join(message.t, this.#seq, message)
        return 'moment'
      case 'step':
        track.step(message.t, message.seq, message)
        return 'moment'
      case 'timer':
        track.wait(message.t, this.#seq, message)
        return 'moment'
      case 'event':
        return track.endWait(message.t, message.seq, message.type) ? 'moment' : 'nothing'
      case 'cancelled':
        return track.endWait(message.t, this.#seq, message.event) ? 'moment' : 'nothing'
      case 'frame':
        if (!isSend(message)) return 'nothing'
        track.sends.add(message)
        return 'send'
      case 'settled':
        track.sends.settle(message)
        return 'nothing'
      case 'gone':
        this.#gone.add(track.id)
        track.enter(message.t, this.#seq, { ...track.standing(message.t), status: message.status })
        return 'moment'
      case 'health':
        track.healths.add(message)
        return 'health'
      default:
        return 'nothing'
    }
  }

  #keepWithinBounds(): void {
    while (this.#told.size > mostTold || this.#weight > bounds.ringBytes) this.#forgetOldest()
    while (this.#entries.size > bounds.ring) this.#forgetOldestEntry()
  }

  #forgetOldestEntry(): void {
    this.#entries.shift()
    this.#dropped++
  }

  #forgetOldest(): void {
    const oldest = this.#told.first
    if (oldest === undefined) return
    this.#told.shift()
    this.#weight -= oldest.weight
    const { message, track, holds } = oldest
    if (this.#entries.first === message) this.#forgetOldestEntry()
    if (isEntry(message)) this.#forgetPayload(message.seq)
    if (holds === 'moment') track?.forgetOldestMoment()
    if (holds === 'health') track?.healths.forgetOldest()
    if (holds === 'send') track?.sends.forgetOldest()
    if (message.kind === 'settled') track?.sends.forgetOutcome(message)
    // Nothing that is still kept speaks of it.
    if (message.kind === 'gone' && this.#gone.has(message.actor)) this.#forgetActor(message.actor)
  }

  /** Who there was when the oldest message that is kept was told, as apps say it themselves. */
  #actorsAtFirst(): ActorMessage[] {
    const since = this.#told.first?.message.t ?? 0
    return [...this.#tracks.values()].flatMap((track) => {
      const { t, view } = track.oldest ?? {}
      if (t === undefined || view === undefined || t > since) return []
      const { id, phase: _, ...facts } = view
      return [{ kind: 'actor' as const, t, actor: id, ...facts }]
    })
  }

  /** All that is kept, so that whoever hears it knows as much. */
  get told(): readonly AppMessage[] {
    const definitions = [...this.definitions.all].map(
      ([hash, json]) => ({ kind: 'definition', hash, json }) as const satisfies AppMessage,
    )
    const payloads = [...this.payloads].map(
      ([seq, text]) => ({ kind: 'payload', seq, text }) as const satisfies AppMessage,
    )
    return [
      ...(this.#hello ? [this.#hello] : []),
      ...definitions,
      ...this.#actorsAtFirst(),
      ...this.#told.all.map(({ message }) => message),
      ...payloads,
    ]
  }

  actors(at: number | null): readonly ActorView[] {
    const views: ActorView[] = []
    for (const track of this.#tracks.values()) {
      const view = track.at(at, this.#now)
      if (view !== undefined) views.push(view)
    }
    return views
  }

  fate(seq: number, at: number | null): Fate | undefined {
    const entry = this.entry(seq)
    return isSend(entry) ? this.#tracks.get(entry.actor)?.fate(entry, at ?? this.#now) : undefined
  }

  unsettled(actor: string, at: number | null): Unsettled | undefined {
    return this.#tracks.get(actor)?.unsettled(at ?? this.#now)
  }

  actor(actor: string, at: number | null): ActorView | undefined {
    return isName(actor) ? this.#tracks.get(actor)?.at(at, this.#now) : undefined
  }
}
