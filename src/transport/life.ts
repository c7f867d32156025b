/**
 * The connections behind one plain transport, one after another: XState never reopens a final actor, so each life after
 * `closed` is a new actor with the same listeners.
 *
 * @module
 */
import { createActor, type SnapshotFrom } from 'xstate'
import { type ConnectionState, stateOf } from '../../machines/connection.ts'
import type { ConnectionEmitted } from '../../machines/connection-types.ts'
import { type ConnectionActor, submit } from '../connection/logic.ts'
import { type MessageIterator, messagesOf } from '../connection/messages.ts'
import { planeOf } from '../connection/planes.ts'
import type { SendOptions } from '../connection/send-queue.ts'
import { asTransportError, TransportError } from '../errors.ts'
import type { Dial, Gap } from '../link.ts'
import type { ProtocolName, TranslationConfig } from './config.ts'
import type { CloseOptions, TransportEvents } from './create-transport.ts'
import type { Listeners } from './listeners.ts'
import { logicOf } from './logic-of.ts'

/** What a plain transport does once its code is there. */
export interface Life {
  connect(): Promise<void>
  send(data: unknown, options?: SendOptions): Promise<void>
  /** Those of the present connection; a later one has an iterator of its own. */
  messages(): MessageIterator
  close(options?: CloseOptions): void
  state(): ConnectionState
}

/** Who makes the actors of a life: the transport itself, or a manager. */
export interface ActorSource {
  current(): ConnectionActor
  /** Connects; in the place of an actor that is over comes a fresh one. */
  connect(): void
  close(options?: CloseOptions): void
}

/**
 * Opens a source that shows each of its actors before it connects, also the first. What `show` returns ends the listening; an actor
 * that is over needs no such end.
 */
export type OpenSource = (show: (actor: ConnectionActor) => () => void) => ActorSource

export function openLife(listeners: Listeners<TransportEvents>, open: OpenSource): Life {
  const source = open((actor) => relay(actor, listeners))
  return {
    connect() {
      source.connect()
      return connected(source.current())
    },
    send: (data, options) => submit(planeOf(source.current()), source.current().getSnapshot(), data, options),
    messages: () => messagesOf(source.current()),
    close: (options) => source.close(options),
    state: () => stateNow(source.current()),
  }
}

export interface OwnActors {
  readonly dial: Dial<object>
  readonly type: ProtocolName
  readonly config: object
}

/** The actors of a transport that nobody manages. */
export function ownActors({ config, dial, type }: OwnActors): OpenSource {
  const { observe } = config as TranslationConfig<unknown, unknown>
  const logic = logicOf(type, dial, config)
  return (show) => {
    let actor = open()

    function open(): ConnectionActor {
      const fresh = createActor(logic, { input: config })
      show(fresh)
      observe?.(fresh)
      return fresh.start()
    }

    return {
      current: () => actor,
      connect() {
        if (actor.getSnapshot().status !== 'active') actor = open()
        actor.send({ type: 'connect' })
      },
      close(options) {
        // XState's development build warns of events to a stopped actor, and prints them.
        if (actor.getSnapshot().status === 'active') actor.send({ ...options, type: 'close' })
      },
    }
  }
}

/** An actor whose logic threw keeps the state it was in; it is in none of them any more. */
function stateNow(actor: ConnectionActor): ConnectionState {
  const snapshot = actor.getSnapshot()
  return snapshot.status === 'error' ? 'error' : stateOf(snapshot)
}

/** Tells the listeners what the actor says, until the returned function is called. */
function relay(actor: ConnectionActor, listeners: Listeners<TransportEvents>): () => void {
  // Logic that threw before there was a plane has nothing to say.
  if (actor.getSnapshot().status === 'error') return () => {}
  const subscriptions = said.map((event) => actor.on(event, (payload) => tell(listeners, payload)))
  const leave = planeOf(actor).receive((message) => listeners.emit('event', message))
  return () => {
    leave()
    for (const subscription of subscriptions) subscription.unsubscribe()
  }
}

/** Everything but messages: those come from the plane's own array, wrapped once and not twice. */
const said = ['connecting', 'connected', 'reconnecting', 'gap', 'done', 'error', 'closed'] as const

/** Settles with the first thing that is certain: up, resting in `error`, or closed. */
function connected(actor: ConnectionActor): Promise<void> {
  return new Promise((resolve, reject) => {
    const decide = (snapshot: SnapshotFrom<ConnectionActor>): void => {
      const state = stateOf(snapshot)
      if (state === 'connected') resolve()
      else if (state === 'error') reject(asTransportError(snapshot.context.failure))
      else if (state === 'closed') reject(new TransportError('aborted', 'The connection was closed before it was up.'))
      else return
      subscription.unsubscribe()
    }
    const subscription = actor.subscribe({ next: decide, error: (thrown) => reject(asTransportError(thrown)) })
    decide(actor.getSnapshot())
  })
}

function tell(listeners: Listeners<TransportEvents>, event: Exclude<ConnectionEmitted, { type: 'message' }>): void {
  switch (event.type) {
    case 'gap':
      listeners.emit('error', gapError(event.gap))
      break
    case 'error':
      listeners.emit('error', event.error)
      break
    case 'done':
      listeners.emit('done', undefined)
      break
    default: {
      const { type, ...payload } = event
      listeners.emit(type, payload as never)
    }
  }
}

function gapError({ lost }: Gap): TransportError {
  const count = lost === null ? 'An unknown number of messages' : `${lost} messages`
  return new TransportError('gap', `${count} before this point are gone from the server.`, { lost })
}
