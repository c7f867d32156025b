/**
 * Managers over real servers, for tests: every one is closed with its test.
 *
 * @module
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { createActor } from 'xstate'
import type { ManagerEmitted } from '../../machines/manager-types.ts'
import type { ConnectionInput } from '../../src/connection/settings.ts'
import { type ManagerActor, managerLogic } from '../../src/manager/manager.ts'
import type { ManagerInput } from '../../src/manager/manager-options.ts'
import { type ManagerOptions, TransportManager } from '../../src/manager/transport-manager.ts'
import { createStreamServer } from '../../src/server/index.ts'
import { type SimulatedClock, simulatedClock } from '../../src/testing/clock.ts'
import { type ScriptedServer, scriptedServer } from '../../src/testing/server.ts'

/** No jitter, and no doubt: what a test simulates is not disturbed. */
export const steady: ConnectionInput = { random: () => 0 }

export async function openScripted(): Promise<ScriptedServer> {
  const server = await scriptedServer()
  onTestFinished(() => server.close())
  return server
}

/** Event streams that say nothing, and how many are open: no record is kept of those that are gone. */
export async function openQuiet() {
  let open = 0
  const server = createServer((_request, response) => {
    open += 1
    response.on('close', () => (open -= 1))
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, open: () => open }
}

/** The library's own server, and how many readers it has. */
export async function openStreams() {
  const server = createStreamServer({ allowAnonymous: true })
  const { url } = await server.listen({ port: 0 })
  onTestFinished(() => server.close({ graceMs: 0 }))
  return { server, url, streamUrl: (name: string) => `${url}/v1/stream/${name}` }
}

export interface ManagerRig {
  readonly manager: ManagerActor
  readonly clock: SimulatedClock
  /** What the manager emitted, as `type id`. */
  readonly said: string[]
  readonly events: ManagerEmitted[]
}

export function runManager(input: ManagerInput = {}): ManagerRig {
  const clock = simulatedClock()
  const manager = createActor(managerLogic, { input: { random: () => 0, ...input }, clock })
  const { events, said } = recorded(manager)
  manager.start()
  onTestFinished(() => void manager.stop())
  return { manager, clock, said, events }
}

/** A `TransportManager` on a clock that stands still. */
export function runTransports(options: ManagerOptions = {}) {
  const clock = simulatedClock()
  const manager = new TransportManager({ clock, random: () => 0, ...options })
  onTestFinished(() => void manager.actor.stop())
  return { manager, clock, ...recorded(manager.actor) }
}

function recorded(manager: ManagerActor): Pick<ManagerRig, 'said' | 'events'> {
  const said: string[] = []
  const events: ManagerEmitted[] = []
  manager.on('*', (event) => {
    events.push(event)
    said.push('id' in event ? `${event.type} ${event.id}` : event.type)
  })
  return { said, events }
}
