/**
 * One connection of the page, for as long as the page lives. A closed actor is final and never opens again, so that
 * `connect` after `close` starts a fresh one at the position where the old one ended.
 *
 * @module
 */
import { type ActorRefFrom, createActor, type SnapshotFrom } from 'xstate'
import { durableConnection } from '../../../../src/index.ts'
import { attachInspector, broadcastLink } from '../../../../src/inspector.ts'

export type Protocol = 'sse' | 'websocket' | 'ndjson'
export type ConnectionSnapshot = SnapshotFrom<typeof durableConnection>
export type ConnectionRef = ActorRefFrom<typeof durableConnection>

export interface SubjectOptions {
  /** What the inspector calls it. */
  readonly name: string
  readonly url: string
  readonly via: Protocol
  /** Where to begin: with what comes next, or with everything the server keeps. */
  readonly from: 'now' | '-1'
  /** Where another connection to the same stream left off; goes before `from`. */
  readonly position?: string | null | undefined
  /** When the place where this page left off is gone: `jump` to what comes next, or `restart` from the oldest. */
  readonly onGap: 'jump' | 'restart'
  readonly onMessage: (data: unknown) => void
  /** The server began anew, and with it the numbers of this stream. */
  readonly onRenewed: () => void
  readonly onSnapshot: (snapshot: ConnectionSnapshot) => void
  /** A fresh actor is about to start: whoever watches the old one has to turn to it. */
  readonly onActor: (actor: ConnectionRef) => void
}

/** One for all connections of the page, so that the inspector shows them as one app. */
const inspectorLink = broadcastLink()

export class Subject {
  readonly #options: SubjectOptions
  #actor: ConnectionRef

  constructor(options: SubjectOptions) {
    this.#options = options
    this.#actor = this.#start(options.position ?? null)
  }

  get snapshot(): ConnectionSnapshot {
    return this.#actor.getSnapshot()
  }

  #start(position: string | null): ConnectionRef {
    const { url, via, from, onGap, onMessage, onRenewed, onSnapshot, onActor } = this.#options
    const input = { url, via, from, onGap, position: position ?? undefined }
    const actor = createActor(durableConnection, { input, id: this.#options.name })
    // The page is bundled for production, where the inspector is off unless it is asked for.
    attachInspector(actor, { link: inspectorLink, name: 'demo', always: true })
    actor.on('message', ({ message }) => onMessage(message.data))
    actor.on('gap', ({ gap }) => {
      if (gap.reason === 'generation') onRenewed()
    })
    actor.subscribe(onSnapshot)
    onActor(actor)
    actor.start()
    return actor
  }

  connect(): void {
    const { status, context } = this.snapshot
    if (status !== 'active') this.#actor = this.#start(context.position)
    this.#actor.send({ type: 'connect' })
  }

  send(
    event:
      | { readonly type: 'pause' | 'resume' | 'close' | 'retry' }
      | { readonly type: 'send'; readonly data: unknown },
  ): void {
    this.#actor.send(event)
  }

  /** Ends it for good; the position is where another may go on. */
  stop(): string | null {
    // Only a control event folds the position into the context: what it is before is as old as the last one.
    this.#actor.send({ type: 'close' })
    return this.snapshot.context.position
  }
}
