/**
 * Attaching: any actor and its system, and the connections of statewire's managers with theirs.
 *
 * @module
 */
import type { AnyActorRef } from 'xstate'
import type { Clock } from '../../src/connection/clock.ts'
import { TransportError } from '../../src/errors.ts'
import { isActor } from '../chart/inspection.ts'
import { parentOf } from './actor-facts.ts'
import { defaultLink, releaseDefault } from './default-link.ts'
import type { InspectorLink } from './link.ts'
import { followManager, isManager } from './manager-watch.ts'
import { createRedaction, type Redaction } from './redact.ts'
import type { Rule } from './redact-rules.ts'
import { withoutSecrets } from './redact-text.ts'
import { appName, isProduction } from './runtime.ts'
import { SystemWatch } from './system-watch.ts'
import { Teller } from './teller.ts'

export interface AttachOptions {
  /**
   * Where to. Default: the address in the environment variable `STATEWIRE_INSPECT`, which `statewire inspect` prints; in a page
   * a {@link broadcastLink}; else nowhere.
   */
  readonly link?: InspectorLink | undefined
  /** What the app is called. Default: the file of the process, the title of the page. The first one at a link counts. */
  readonly name?: string | undefined
  /**
   * What is secret beside credentials, tokens, cookies and the values of queries: dotted paths such as `user.email` or
   * `rooms.*.topic`, wherever they end a path, or a function that says so of a path and its value.
   */
  readonly redact?: readonly string[] | Rule | undefined
  /** Also in a production build. Default `false`. */
  readonly always?: boolean | undefined
  /** By which times are told and timers run. Default: the platform's. The first one at a link counts. */
  readonly clock?: Clock | undefined
}

interface Attached {
  /** A component may attach twice: it is attached until the last one leaves. */
  holders: number
  isOver(): boolean
  stop(): void
}

interface RootOptions {
  readonly redaction: Redaction
  readonly parent: string | null
  readonly name: string | null
}

const realTime: Clock = {
  setTimeout: (act, milliseconds) => setTimeout(act, milliseconds),
  clearTimeout: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
}

/** Everything attached to one link. */
class Desk {
  readonly #teller: Teller
  readonly #roots = new Map<AnyActorRef, Attached>()
  readonly #emptied: () => void
  #sweepAt = 64

  constructor(teller: Teller, emptied: () => void) {
    this.#teller = teller
    this.#emptied = emptied
  }

  attach(root: AnyActorRef, options: RootOptions): () => void {
    const attached = this.#roots.get(root) ?? this.#begin(root, options)
    attached.holders += 1
    let state: 'attached' | 'detached' = 'attached'
    return () => {
      if (state === 'detached') return
      state = 'detached'
      attached.holders -= 1
      if (attached.holders === 0) attached.stop()
    }
  }

  #begin(root: AnyActorRef, options: RootOptions): Attached {
    this.#sweep()
    const managers = new Map<AnyActorRef, () => void>()
    const meet = (actor: AnyActorRef): void => {
      if (managers.has(actor) || !isManager(actor)) return
      const parent = this.#teller.roster.of(actor).id
      managers.set(
        actor,
        followManager(actor, (connection, name) => this.attach(connection, { ...options, parent, name })),
      )
    }
    const system = new SystemWatch(root, this.#teller, {
      ...options,
      met: meet,
      over: () =>
        // React stops and starts an actor in one go; one that is still over afterwards is let go, so that it can be collected.
        queueMicrotask(() => {
          if (system.isOver) attached.stop()
        }),
    })
    const attached: Attached = {
      holders: 0,
      isOver: () => system.isOver,
      stop: () => {
        if (this.#roots.get(root) !== attached) return
        this.#roots.delete(root)
        for (const leave of managers.values()) leave()
        this.#teller.guard(() => system.stop())
        if (this.#teller.remove(system)) this.#emptied()
      },
    }
    this.#roots.set(root, attached)
    meet(root)
    this.#teller.add(system)
    return attached
  }

  /** While nobody looks nobody hears of an end either: what is over is let go when there is twice as much as was left the last time. */
  #sweep(): void {
    if (this.#roots.size < this.#sweepAt) return
    for (const attached of [...this.#roots.values()]) if (attached.isOver()) attached.stop()
    this.#sweepAt = Math.max(64, this.#roots.size * 2)
  }
}

const desks = new WeakMap<InspectorLink, Desk>()

function deskAt(link: InspectorLink, { clock = realTime, name = appName() }: AttachOptions, emptied: () => void): Desk {
  const known = desks.get(link)
  if (known !== undefined) return known
  const desk = new Desk(new Teller(link, { clock, name: withoutSecrets(name) }), emptied)
  desks.set(link, desk)
  return desk
}

function rootOf(actor: AnyActorRef): AnyActorRef {
  const parent = parentOf(actor)
  return parent === null ? actor : rootOf(parent)
}

/** What can be attached: an actor, or something of statewire that has one. */
export type Attachable = AnyActorRef | { readonly actor: AnyActorRef }

function actorIn(given: Attachable): AnyActorRef {
  if (isActor(given)) return given
  const actor: unknown = typeof given === 'object' && given !== null ? Reflect.get(given, 'actor') : undefined
  if (isActor(actor)) return actor
  throw new TransportError('bad_option', 'Only an actor can be inspected, or what has one as its `actor`.')
}

const nothing = (): void => {}

/**
 * Shows an actor and its whole system to an inspector, from now on until the returned function is called; it may be running already.
 * Of a manager, its connections are shown too. While nobody looks an event costs nothing. Nothing leaves the app before
 * its secrets were taken away, and nothing that goes wrong here reaches the app. Does nothing in a production build.
 *
 * @throws TransportError `bad_option` when it is no actor
 * @example
 * const chat = createActor(sseConnection, { input: { url } }).start()
 * const detach = attachInspector(chat)
 */
export function attachInspector(given: Attachable, options: AttachOptions = {}): () => void {
  if (isProduction() && options.always !== true) return nothing
  const root = rootOf(actorIn(given))
  const link = options.link ?? defaultLink()
  if (link === undefined) return nothing
  // A link of the app's own may be used again.
  const desk = deskAt(link, options, () => releaseDefault(link))
  return desk.attach(root, { redaction: createRedaction(options.redact), parent: null, name: null })
}
