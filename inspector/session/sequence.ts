/**
 * Who has sent what to whom: the model of a sequence diagram, with bursts folded, and what the wire carried with who sent it.
 *
 * @module
 */
import type { EventMessage, FrameMessage } from '../protocol/messages.ts'
import { Pairs } from './pairs.ts'
import type { Session } from './session.ts'
import type { ActorView } from './view.ts'
import { eventKind, eventWords } from './words.ts'

export interface Lane {
  readonly id: string
  readonly title: string
  readonly kind: 'app' | 'manager' | 'connection' | 'actor' | 'socket'
}

export interface Arrow {
  readonly t: number
  /** Of the last one that was folded into it. */
  readonly until: number
  /** Of the first entry it stands for. */
  readonly seq: number
  /** Ids of lanes; the same one twice for what an actor says to itself. */
  readonly from: string
  readonly to: string
  readonly kind: 'user' | 'done' | 'error' | 'timer' | 'message'
  /** `message ×7` for seven in a row. */
  readonly words: string
  readonly count: number
}

export interface Sequence {
  /** From the app to the wire. */
  readonly lanes: readonly Lane[]
  readonly arrows: readonly Arrow[]
}

export interface SequenceRange {
  /** Default: the oldest entry. */
  readonly from?: number | undefined
  /** Default: the newest entry. */
  readonly to?: number | undefined
  /** Only what this actor has a part in. Default: everybody. */
  readonly actor?: string | undefined
}

/** The lane of whoever sends from outside. */
const outside: Lane = { id: 'app', title: 'app', kind: 'app' }
/** Wider than this nobody can read it; what is left out falls to the outside lane of its kind. */
const mostLanes = 24

function socketOf(actor: string): string {
  return `${actor} socket`
}

/** An actor is drawn in the lane of the nearest machine above it: what a machine invokes is a part of it. */
class Lanes {
  readonly #actors: ReadonlyMap<string, ActorView>
  readonly #used = new Map<string, Lane>()
  /** By actor: a flood is thousands of entries of few actors. */
  readonly #known = new Map<string | null, string>()

  constructor(actors: readonly ActorView[]) {
    this.#actors = new Map(actors.map((actor) => [actor.id, actor]))
  }

  /** Parents come from strangers, who may let them go round in a circle. */
  #ownerOf(actor: string): ActorView | undefined {
    const seen = new Set<string>()
    let owner = this.#actors.get(actor)
    while (owner !== undefined && owner.logic !== 'machine' && owner.parent !== null && !seen.has(owner.id)) {
      const above = this.#actors.get(owner.parent)
      if (above === undefined) break
      seen.add(owner.id)
      owner = above
    }
    return owner
  }

  #kindOf({ name, value, parent }: ActorView): Lane['kind'] {
    if (/manager/i.test(name)) return 'manager'
    const above = parent === null ? undefined : this.#actors.get(parent)
    const states = typeof value === 'string' ? [value] : Object.keys(value ?? {})
    const connects = states.some((state) => /^(idle|connecting|connected|reconnecting|error|closed)$/.test(state))
    return connects || /manager/i.test(above?.name ?? '') ? 'connection' : 'actor'
  }

  #use(lane: Lane): string {
    if (this.#used.has(lane.id)) return lane.id
    if (this.#used.size >= mostLanes && lane !== outside) return this.#use(outside)
    this.#used.set(lane.id, lane)
    return lane.id
  }

  of(actor: string | null): string {
    const known = this.#known.get(actor) ?? this.#laneOf(actor)
    this.#known.set(actor, known)
    return known
  }

  #laneOf(actor: string | null): string {
    if (actor === null) return this.#use(outside)
    const owner = this.#ownerOf(actor)
    if (owner === undefined) return this.#use({ id: actor, title: actor, kind: 'actor' })
    return this.#use({ id: owner.id, title: owner.name, kind: this.#kindOf(owner) })
  }

  /** An actor whose frames pass over a wire is a connection, whatever it is called. */
  ends(actor: string): { readonly connection: string; readonly socket: string } {
    const connection = this.of(actor)
    const lane = this.#used.get(connection)
    if (lane?.kind === 'actor') this.#used.set(connection, { ...lane, kind: 'connection' })
    const socket = this.#use({ id: socketOf(connection), title: 'socket', kind: 'socket' })
    return { connection, socket }
  }

  /** App, managers, connections each before its socket, then the rest. */
  get all(): readonly Lane[] {
    const lanes = [...this.#used.values()]
    const sockets = new Map(lanes.filter(({ kind }) => kind === 'socket').map((lane) => [lane.id, lane]))
    return (['app', 'manager', 'connection', 'actor'] as const).flatMap((kind) =>
      lanes
        .filter((lane) => lane.kind === kind)
        .flatMap((lane) => {
          const socket = sockets.get(socketOf(lane.id))
          return socket === undefined ? [lane] : [lane, socket]
        }),
    )
  }
}

function arrowOfEvent(event: EventMessage, lanes: Lanes): Arrow {
  const kind = eventKind(event.type)
  const to = lanes.of(event.actor)
  const self = kind === 'timer' || event.source === event.actor
  const from = self ? to : lanes.of(event.source)
  const { t, seq, type } = event
  return { t, until: t, seq, from, to, kind, words: eventWords(type), count: 1 }
}

function arrowOfFrame(frame: FrameMessage, lanes: Lanes): Arrow {
  const { connection, socket } = lanes.ends(frame.actor)
  const [from, to] = frame.direction === 'in' ? [socket, connection] : [connection, socket]
  const kind = frame.what === 'error' || frame.what === 'gap' ? 'error' : 'message'
  const { t, seq, what } = frame
  return { t, until: t, seq, from, to, kind, words: what, count: 1 }
}

/** What somebody sends goes over the connection to the wire; what came from the wire ends at the connection. */
function joined(earlier: Arrow, later: Arrow, socket: string): Arrow {
  const frame = [earlier, later].find(({ from, to }) => from === socket || to === socket) ?? later
  return { ...earlier, from: frame.from === socket ? socket : earlier.from, to: frame.to }
}

function isAlike(a: Arrow, b: Arrow): boolean {
  return a.from === b.from && a.to === b.to && a.kind === b.kind && a.words === b.words
}

/** What comes several times in a row is one arrow. */
function folded(arrows: readonly Arrow[]): readonly Arrow[] {
  const bursts: Arrow[] = []
  let next = 0
  for (let arrow = arrows[next]; arrow !== undefined; arrow = arrows[next]) {
    const first = next
    let until = arrow.t
    for (let other = arrows[next]; other !== undefined && isAlike(arrow, other); other = arrows[next]) {
      until = other.t
      next += 1
    }
    const count = next - first
    bursts.push(count === 1 ? arrow : { ...arrow, until, count, words: `${arrow.words} ×${count}` })
  }
  return bursts
}

/**
 * The sequence of an app's entries.
 *
 * @example
 * const { lanes, arrows } = sequenceOf(session, app, { from: now - 10_000 })
 */
export function sequenceOf(session: Session, app: string, range: SequenceRange = {}): Sequence {
  const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY, actor } = range
  const lanes = new Lanes(session.actors(app, null))
  const wanted = actor === undefined ? undefined : lanes.of(actor)
  const pairs = new Pairs<Arrow>(session, app)
  const arrows: Arrow[] = []
  for (const entry of session.entries(app)) {
    if (entry.t < from || entry.t > to || entry.kind === 'step') continue
    const isFar = wanted !== undefined && lanes.of(entry.actor) !== wanted
    if (isFar && !(entry.kind === 'event' && entry.source !== null && lanes.of(entry.source) === wanted)) continue
    const arrow = entry.kind === 'event' ? arrowOfEvent(entry, lanes) : arrowOfFrame(entry, lanes)
    const half = pairs.match(entry, arrow)
    if (half === undefined) arrows.push(arrow)
    else arrows[arrows.lastIndexOf(half)] = joined(half, arrow, socketOf(lanes.of(entry.actor)))
  }
  const bursts = folded(arrows)
  const shown = new Set(bursts.flatMap((arrow) => [arrow.from, arrow.to]))
  return { lanes: lanes.all.filter(({ id }) => shown.has(id)), arrows: bursts }
}
