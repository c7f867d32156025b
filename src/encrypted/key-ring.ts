/**
 * Where keys are found, and a ring of them in memory.
 *
 * @module
 */
import { TransportError } from '../errors.ts'
import { header } from './header.ts'
import { checkKey } from './key-check.ts'

/** Where the codec finds keys. {@link keyRing} makes one; an app may bring its own, for instance to fetch keys when they are first met. */
export interface KeySource {
  /** The id of the key that new messages are encrypted with. Read for each message, so that a change takes effect at once. */
  readonly current: string
  /**
   * The key of that id. `undefined` means: not trusted, or not yet here; the message becomes an `error` event with code
   * `unknown_key`, and replay records of that id may be dropped. Reject where the answer could not be found out.
   *
   * The id of a received message is whatever the peer wrote: look it up, do not build an address from it. Messages wait while this
   * is pending, so answer within seconds.
   */
  get(kid: string): CryptoKey | undefined | Promise<CryptoKey | undefined>
}

/** Keys in memory, with the three steps of a rotation. */
export interface KeyRing extends KeySource {
  /** Ids of all keys that decrypt, oldest first. */
  readonly kids: readonly string[]
  get(kid: string): CryptoKey | undefined
  /** First step, at every end: messages under this key can be read. Throws `bad_option` for an unfit key or an id that is taken. */
  add(kid: string, key: CryptoKey): void
  /** Second step, when every end has it: new messages are encrypted with it. Throws `bad_option` for an unknown id. */
  use(kid: string): void
  /** Last step, when nothing under it is under way: its messages are refused. Throws `bad_option` for the current key. */
  retire(kid: string): void
}

/**
 * A ring with its first key, which is current. Never give an id to a second key, and never bring a retired key back: its old
 * messages could be replayed.
 *
 * @example
 * const keys = keyRing('2026-11', await importKey(bytes))
 * keys.add('2026-12', await importKey(newBytes))
 * keys.use('2026-12')
 * keys.retire('2026-11')
 */
export function keyRing(kid: string, key: CryptoKey): KeyRing {
  const ring = new Map<string, CryptoKey>()
  const known = (id: string): string => {
    if (!ring.has(id)) throw new TransportError('bad_option', 'The key ring has no key of this id.')
    return id
  }
  const add = (id: string, added: CryptoKey): void => {
    if (!header.isKid(id)) throw new TransportError('bad_option', 'A key id must be a text of 1 to 128 characters.')
    if (ring.has(id)) throw new TransportError('bad_option', 'The key ring has a key of this id already.')
    ring.set(id, checkKey(added))
  }
  add(kid, key)
  let current = kid
  return {
    get current() {
      return current
    },
    get kids() {
      return [...ring.keys()]
    },
    get: (id) => ring.get(id),
    add,
    use(id) {
      current = known(id)
    },
    retire(id) {
      if (known(id) === current) throw new TransportError('bad_option', 'The current key cannot be retired.')
      ring.delete(id)
    },
  }
}
