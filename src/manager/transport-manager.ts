/**
 * Many connections: opened, found, shared, counted and closed in one place.
 *
 * @module
 */
import type { ConnectionActor } from '../connection/logic.ts'
import { TransportError } from '../errors.ts'
import { checkConfig, type TransportConfig, type TransportType } from '../transport/config.ts'
import { lazyDials } from '../transport/loaders.ts'
import { logicOf } from '../transport/logic-of.ts'
import { Place } from './place.ts'
import type { SharedConnection } from './shared-connection.ts'

export interface ManagerOptions {
  /** How long a connection that nobody holds stays open, in ms. Default 1,000. */
  readonly linger?: number | undefined
}

/** What a shared connection can be told beside its transport's own options. */
export type SharedConfig<Type extends TransportType, Received = unknown, Sent = unknown> = TransportConfig<
  Type,
  Received,
  Sent
> & {
  /** Who gives the same key gets the same connection; the first one's options count. Default: made of type and URL. */
  readonly key?: string | undefined
}

export class TransportManager {
  readonly #linger: number
  readonly #places = new Map<string, Place>()

  constructor({ linger = 1_000 }: ManagerOptions = {}) {
    this.#linger = linger
  }

  /** The connections of this moment. */
  get connections(): readonly ConnectionActor[] {
    return [...this.#places.values()].map((place) => place.current())
  }

  /** Closes everything. */
  closeAll(): void {
    for (const place of this.#places.values()) place.close()
    this.#places.clear()
  }

  /** @internal */
  share(key: string, type: TransportType, config: object): Place {
    const known = this.#places.get(key)
    if (known !== undefined) return known
    const place: Place = new Place({
      key,
      logic: logicOf(type, lazyDials[type], config),
      input: config,
      linger: this.#linger,
      released: () => void this.#places.delete(key),
    })
    this.#places.set(key, place)
    return place
  }
}

/**
 * The connection of this key: the one that is there, or a new one that waits to be held.
 *
 * @throws TransportError `bad_option` or `bad_url`.
 */
export function shareConnection<Type extends TransportType, Received = unknown, Sent = unknown>(
  manager: TransportManager,
  type: Type,
  config: SharedConfig<Type, Received, Sent>,
): SharedConnection<Received, Sent> {
  checkConfig(type, config)
  if (!(manager instanceof TransportManager)) throw new TransportError('bad_option', 'That is no TransportManager.')
  return manager.share(keyOf(type, config), type, config) as unknown as SharedConnection<Received, Sent>
}

/** Two configurations with the same key are the same connection. */
export function keyOf(
  type: TransportType,
  config: { readonly key?: string | undefined; readonly url: string | URL },
): string {
  return config.key ?? `${type} ${config.url}`
}
