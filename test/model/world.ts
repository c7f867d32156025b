/**
 * The world around one connection: brings about what the driver of `statewire/testing` leaves to its user.
 *
 * @module
 */
import { createActor, type InspectionEvent } from 'xstate'
import { asTransportError } from '../../src/errors.ts'
import { sendOver } from '../../src/index.ts'
import { simulatedPool } from '../../src/testing/environment.ts'
import {
  type ConnectionPath,
  driveConnection,
  gate,
  type ModelEvent,
  simulatedClock,
  simulatedEnvironment,
  walk,
} from '../../src/testing/index.ts'
import type { ScriptedServer } from '../../src/testing/server.ts'
import { heldOutbox } from './outbox.ts'
import type { Setup } from './setups.ts'
import type { Transport } from './transports.ts'

export interface Scene {
  readonly transport: Transport
  readonly setup: Setup
  readonly server: ScriptedServer
  readonly inspect: (event: InspectionEvent) => void
}

/** Takes one walk with a connection of its own, and leaves nothing behind. */
export async function takeWalk(path: ConnectionPath, { inspect, server, setup, transport }: Scene): Promise<void> {
  const clock = simulatedClock()
  const outbox = heldOutbox()
  const authorize = gate()
  const environment = simulatedEnvironment()
  const pool = simulatedPool()
  const givingUp = new AbortController()
  const input = {
    ...path.input,
    url: transport.urlOf(server),
    random: () => 0.5,
    ...(path.input.authorize && { authorize }),
    ...(path.input.environment && { environment }),
    ...(path.input.pool && { pool }),
  }
  const logic = transport.logic(outbox.codec)
  let actor = createActor(logic, { input, clock, inspect }).start()
  let goodbye = Promise.resolve()

  const closeDraining = (): void => {
    outbox.hold()
    goodbye = sendOver(actor, 'goodbye', { signal: givingUp.signal })
    // Most walks leave it behind.
    goodbye.catch(() => {})
    actor.send({ type: 'close', drain: true })
  }
  /** Where there is a link it takes the message; where there is none the message is given up. */
  const drained = async (): Promise<void> => {
    if (!actor.getSnapshot().matches('connected')) return givingUp.abort()
    outbox.release()
    await goodbye
  }
  const restore = (): void => {
    const snapshot = actor.getPersistedSnapshot()
    actor.stop()
    actor = createActor(logic, { input, clock, inspect, snapshot }).start()
  }
  const own = async ({ drain, error, type }: ModelEvent): Promise<boolean> => {
    if (drain === true) closeDraining()
    else if (type === 'outbox.drained') await drained()
    else if (type === 'restored') restore()
    else if (type === 'link.lost' && setup.told === true) actor.send({ type, error: asTransportError(error) })
    else return false
    return true
  }
  const driven = {
    getSnapshot: () => actor.getSnapshot(),
    send: (event: never) => actor.send(event),
    on: (type: 'message', listener: () => void) => actor.on(type, listener),
  }
  const surroundings = path.input.environment ? environment : undefined
  const peer = transport.peerOf(server)
  try {
    await walk(path, {
      drive: driveConnection({ peer, clock, actor: driven, authorize, environment: surroundings, pool, own }),
    })
  } finally {
    actor.stop()
    outbox.release()
    await server.until(() => server.open === 0)
  }
}
