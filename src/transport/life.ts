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
import type { TranslationConfig, TransportType } from './config.ts'
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

export interface LifeOptions {
  readonly dial: Dial<object>
  readonly type: TransportType
  readonly config: object
  readonly listeners: Listeners<TransportEvents>
}

export function openLife({ config, dial, listeners, type }: LifeOptions): Life {
  const { observe } = config as TranslationConfig<unknown, unknown>
  const logic = logicOf(type, dial, config)
  let actor = open()

  function open(): ConnectionActor {
    const fresh = createActor(logic, { input: config })
    for (const event of said) fresh.on(event, (payload) => tell(listeners, payload))
    planeOf(fresh).receive((message) => listeners.emit('event', message))
    observe?.(fresh)
    return fresh.start()
  }

  return {
    connect() {
      if (actor.getSnapshot().status !== 'active') actor = open()
      actor.send({ type: 'connect' })
      return connected(actor)
    },
    send: (data, options) => submit(planeOf(actor), actor.getSnapshot(), data, options),
    messages: () => messagesOf(actor),
    close(options) {
      // XState's development build warns of events to a stopped actor, and prints them.
      if (actor.getSnapshot().status === 'active') actor.send({ ...options, type: 'close' })
    },
    state: () => stateOf(actor.getSnapshot()),
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
    const subscription = actor.subscribe(decide)
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
