/**
 * The driver: brings every event of the chart about in the real world, and checks both ends after each.
 *
 * @module
 */
import type { ConnectionSnapshot } from '../../machines/connection.ts'
import type { SimulatedClock } from './clock.ts'
import { delayOf, keyOf } from './connection-model.ts'
import type { SimulatedEnvironment, SimulatedPool } from './environment.ts'
import type { Gate } from './gate.ts'
import { type FailureClass, invokedIn, type ModelEvent } from './model-events.ts'
import type { Step } from './paths.ts'
import { settle } from './settle.ts'

/**
 * The server's side of one connection. `peerOf(server)` of `statewire/testing/server` is one; in a browser, forward these calls
 * to it: everything in them is plain data.
 */
export interface ConnectionPeer {
  /** Accepts the request that waits, or the next one. It must not answer pings by itself. */
  accept(): Promise<void>
  refuse(failure: FailureClass): Promise<void>
  /** Ends the open link so that the client sees this failure. */
  lose(failure: FailureClass): Promise<void>
  /** The protocol's own end. */
  end(): Promise<void>
  /** Sends a message. */
  say(text: string): Promise<void>
  /** Requests that wait, and links that are open. */
  counts(): Promise<{ readonly held: number; readonly open: number }>
}

/** A connection actor: a root, or a child of your own machine. */
export interface DrivenActor {
  getSnapshot(): unknown
  send(event: never): void
  on(type: 'message', listener: () => void): { unsubscribe(): void }
}

export interface DriverOptions {
  readonly peer: ConnectionPeer
  /** The clock of the actor's system. */
  readonly clock: SimulatedClock
  readonly actor: DrivenActor
  /** What the connection was given as `authorize`; see `gate()`. */
  readonly authorize?: Gate | undefined
  /** What the connection was given as `environment`. */
  readonly environment?: SimulatedEnvironment | undefined
  /** What the connection was given as `pool`. */
  readonly pool?: SimulatedPool | undefined
  /** What a peer says to be heard. It reaches your screen. Default `still here`. */
  readonly word?: string | undefined
  /** Brings about an event in your own way, a click instead of `send`: answers `true` when it did. */
  readonly own?: ((event: ModelEvent) => boolean | Promise<boolean>) | undefined
  /** How long the world may take for one step, in real milliseconds. Default 5,000. */
  readonly timeout?: number | undefined
}

/**
 * Makes the `drive` of a walk. After each step the connection is where the model is, and the server has as many requests and
 * links as that state needs.
 *
 * @throws Error (from the step) for an event it cannot bring about: leave it out with `drives`, or bring it about with `own`.
 */
export function driveConnection(options: DriverOptions): (step: Step) => Promise<void> {
  return async (step) => {
    if ((await options.own?.(step.event)) !== true) await bringAbout(step.event, options)
    await agree(step, options)
  }
}

function snapshotOf(actor: DrivenActor): ConnectionSnapshot {
  return actor.getSnapshot() as ConnectionSnapshot
}

async function bringAbout(event: ModelEvent, options: DriverOptions): Promise<void> {
  const { actor, authorize, environment, peer } = options
  const { admitted, failure, type } = event
  if (admitted !== undefined) poolFor(event, options).admit(admitted)
  if (type.startsWith('xstate.after.')) return elapse(event, options)
  if (type.endsWith('.expired')) return options.clock.advance(delayOf(snapshotOf(actor).context, type))
  if (type === 'breaker.opened' || type === 'breaker.closed') return poolFor(event, options).say(type)
  if (type === 'link.lost' && failure !== undefined) return peer.lose(failure)
  if (type === 'link.ended') return peer.end()
  if (type.startsWith('xstate.')) return settleActor(event, peer, authorize, snapshotOf(actor))
  if (type === 'outbox.drained' || type === 'restored') throw beyond(event)
  if (isSurrounding(type) && environment !== undefined) return environment.say(type)
  const send = actor.send as (event: object) => void
  send.call(actor, type === 'send' ? { data: 'hello', ...event } : event)
}

function beyond({ type }: ModelEvent): Error {
  return new Error(`The driver cannot bring about ${type}. Leave it out with "drives", or bring it about with "own".`)
}

function poolFor(event: ModelEvent, { pool }: DriverOptions): SimulatedPool {
  if (pool === undefined) throw beyond(event)
  return pool
}

type Surrounding = Parameters<SimulatedEnvironment['say']>[0]

function isSurrounding(type: string): type is Surrounding {
  return type.startsWith('network.') || type.startsWith('page.')
}

function settleActor(
  event: ModelEvent,
  peer: ConnectionPeer,
  authorize: Gate | undefined,
  snapshot: ConnectionSnapshot,
): void | Promise<void> {
  const { failure, type } = event
  const [, outcome, id = ''] = /^xstate\.(done|error)\.actor\.(.+)$/.exec(type) ?? []
  const source = invokedIn(snapshot).get(id)
  if (source === 'dial' && outcome === 'done') return peer.accept()
  if (source === 'dial' && failure !== undefined) return peer.refuse(failure)
  if (source === 'authorize' && authorize !== undefined)
    return outcome === 'done' ? authorize.open() : authorize.refuse()
  throw beyond(event)
}

async function elapse({ silent, type }: ModelEvent, options: DriverOptions): Promise<void> {
  const { actor, clock } = options
  const { context } = snapshotOf(actor)
  const delay = delayOf(context, type)
  if (silent !== false || context.flow === 'paused') return clock.advance(delay)
  await clock.advance(delay / 2)
  await beHeard(options)
  await clock.advance(delay - delay / 2)
}

async function beHeard({ actor, peer, timeout, word = 'still here' }: DriverOptions): Promise<void> {
  let heard = false
  const subscription = actor.on('message', () => {
    heard = true
  })
  await peer.say(word)
  await settle(() => heard, { timeout, describe: () => 'The peer spoke and was not heard.' })
  subscription.unsubscribe()
}

async function agree({ snapshot }: Step, { actor, peer, timeout }: DriverOptions): Promise<void> {
  const invoked = snapshot.status === 'active' ? [...invokedIn(snapshot).values()] : []
  const wanted = JSON.stringify({
    key: keyOf(snapshot),
    held: invoked.includes('dial') ? 1 : 0,
    open: invoked.includes('link') ? 1 : 0,
  })
  let seen = ''
  await settle(
    async () => {
      const { held, open } = await peer.counts()
      seen = JSON.stringify({ key: keyOf(snapshotOf(actor)), held, open })
      return seen === wanted
    },
    { timeout, describe: () => `Expected ${wanted}, seen ${seen}.` },
  )
}
