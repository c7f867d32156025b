/**
 * Many connections: opened, found, shared, counted and closed in one place.
 *
 * @module
 */
import { createActor } from 'xstate'
import type { Clock } from '../connection/clock.ts'
import { TransportError } from '../errors.ts'
import type { TransportConfig, TransportType } from '../transport/config.ts'
import type { Transport } from '../transport/create-transport.ts'
import { digestOf } from './digest.ts'
import type { Claim } from './managed-claim.ts'
import { managedTransport } from './managed-transport.ts'
import { type ManagerActor, managerLogic } from './manager.ts'
import { checkManagerInput, type ManagedOptions, type ManagerInput } from './manager-options.ts'
import { type ManagerMetrics, summarise } from './metrics.ts'
import { findRegistry } from './registries.ts'
import type { Registry } from './registry.ts'
import type { SharedConnection } from './shared-connection.ts'

export interface ManagerOptions extends ManagerInput {
  /** The clock of the manager and of every connection. Default: real time. */
  readonly clock?: Clock | undefined
}

/** What a managed transport can be told beside its transport's own options. */
export type ManagedConfig<Type extends TransportType, Received = unknown, Sent = unknown> = TransportConfig<
  Type,
  Received,
  Sent
> &
  ManagedOptions & {
    /** Its name with the manager, as long as it is open. Default: a name of its own. */
    readonly id?: string | undefined
  }

/** What a shared connection can be told beside its transport's own options. Its key is made of what is asked where none is given: {@link keyOf}. */
export type SharedConfig<Type extends TransportType, Received = unknown, Sent = unknown> = TransportConfig<
  Type,
  Received,
  Sent
> &
  ManagedOptions

/**
 * Opens, finds, shares and closes connections. They run as actors behind {@link TransportManager.actor}, whose events tell of each.
 *
 * @throws TransportError `bad_option`
 * @example
 * const manager = new TransportManager({ limits: { connections: 50 } })
 * const prices = manager.createTransport('sse', { id: 'prices', url: '/prices', restart: 'transient' })
 * await prices.connect()
 */
export class TransportManager {
  /** The manager itself: {@link managerLogic} running. */
  readonly actor: ManagerActor
  readonly #faces = new WeakMap<Claim, Transport>()
  readonly #options: ManagerOptions

  constructor({ clock, ...input }: ManagerOptions = {}) {
    checkManagerInput(input)
    this.#options = input
    const { inspect } = input
    this.actor = createActor(managerLogic, { input, ...(clock && { clock }), ...(inspect && { inspect }) })
    this.actor.start()
  }

  /**
   * Creates a transport that this manager runs: the same object as `createTransport` of the root makes, found by its `id`, shared by its
   * `key`, restarted as `restart` says. Closed, it is released; a later `connect()` takes it on again.
   *
   * @throws TransportError `bad_option`, `bad_url`, `duplicate_id`, `limit_reached`, or `aborted` when the manager drains or is closed
   */
  createTransport<Type extends TransportType, Received = unknown, Sent = unknown>(
    type: Type,
    config: ManagedConfig<Type, Received, Sent>,
  ): Transport<Received, Sent> {
    const { acrossTabs, id, key, restart, ...input } = whole(config)
    return this.#faceOf(registryOf(this).open({ acrossTabs, id, key, restart, transport: type, input })) as Transport<
      Received,
      Sent
    >
  }

  /** The transport of this id, as long as it is open. */
  getTransport(id: string): Transport | undefined {
    const claim = findRegistry(this.actor)?.find(id)
    return claim && this.#faceOf(claim)
  }

  /** Closes the transport of this id; what it shares goes on for the others. `false` when there is none. */
  closeTransport(id: string): boolean {
    const claim = findRegistry(this.actor)?.find(id)
    claim?.close()
    return claim !== undefined
  }

  /** Closes every connection. The manager goes on. */
  closeAll(): void {
    findRegistry(this.actor)?.closeAll()
  }

  /** The figures of this moment: a plain object that survives JSON, with no URL and no payload in it. */
  getMetrics(): ManagerMetrics {
    const { closed, gaveUp, opened, restarted } = this.actor.getSnapshot().context
    const registry = findRegistry(this.actor)
    const totals = { opened, closed, restarted, gaveUp, past: registry?.past }
    return summarise(registry?.readings() ?? [], totals, this.#options.thresholds)
  }

  #faceOf(claim: Claim): Transport {
    const known = this.#faces.get(claim)
    if (known !== undefined) return known
    const face = managedTransport(claim, registryOf(this).limits)
    this.#faces.set(claim, face)
    return face
  }
}

/** A plain-JavaScript caller may have forgotten it. */
function whole<Config extends object>(config: Config): Config {
  if (typeof config === 'object' && config !== null) return config
  throw new TransportError('bad_option', 'The configuration must be an object.')
}

function registryOf({ actor }: TransportManager): Registry {
  const registry = findRegistry(actor)
  if (registry !== undefined) return registry
  throw new TransportError('aborted', 'This manager is closed. Create another.')
}

/**
 * The connection of this key: the one that is there, or a new one that waits to be held.
 *
 * @throws TransportError `bad_option`, `bad_url`, or `aborted` when the manager is closed.
 */
export function shareConnection<Type extends TransportType, Received = unknown, Sent = unknown>(
  manager: TransportManager,
  type: Type,
  config: SharedConfig<Type, Received, Sent>,
): SharedConnection<Received, Sent> {
  if (!(manager instanceof TransportManager)) throw new TransportError('bad_option', 'That is no TransportManager.')
  const { acrossTabs, key, restart, ...input } = whole(config)
  const place = registryOf(manager).share(keyOf(type, config), { acrossTabs, restart, transport: type, input })
  return place as unknown as SharedConnection<Received, Sent>
}

/**
 * Two configurations with the same key are the same connection. Whoever asks something else of a URL, by another method, query or body,
 * asks for another connection: two questions to one endpoint are two answers.
 */
export function keyOf(
  type: TransportType,
  { body, key, method, query, url }: { readonly key?: string | undefined; readonly url: string | URL } & Asked,
): string {
  if (key !== undefined) return key
  const address = `${type} ${url}`
  if (body === undefined && method === undefined && query === undefined) return address
  return `${address} ${digestOf([method, query, body instanceof URLSearchParams ? `${body}` : body])}`
}

/** What an HTTP request says beside its URL. */
interface Asked {
  readonly body?: unknown
  readonly method?: unknown
  readonly query?: unknown
}
