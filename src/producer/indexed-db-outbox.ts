/**
 * The outbox of browsers: what was accepted is sent although the page is reloaded, closed or crashes.
 *
 * @module
 */
import { asTransportError } from '../errors.ts'
import { claimSlot } from './indexed-db-claim.ts'
import { announce, inheritSlots } from './indexed-db-heirs.ts'
import { prefixOf } from './indexed-db-slot.ts'
import { memoryStorage } from './memory-storage.ts'
import type { OutboxStorage } from './storage.ts'

/**
 * Keeps what is to be sent in IndexedDB, for all pages of the origin that use the same name. A page holds a Web Lock on the slot
 * it sends from: two tabs send side by side, each under its own producer; after a reload the numbers go on; and what a tab that
 * was closed or crashed left behind is sent by one of the others, or by the next page that claims. A tab that the browser
 * has frozen is alive: what waits in it waits until it goes on.
 *
 * Web Locks exist in secure contexts only (HTTPS and localhost). Elsewhere two tabs could not keep out of each other's
 * way and would send under one producer's numbers; so there nothing is kept at all, as by default, and `survives` is `false`. What an
 * earlier page has kept is not touched; a resume token that says something waited is answered with `outbox_lost`. The same goes
 * for Firefox before 126, which cannot list its databases.
 *
 * Browsers may evict what a site stores, all at once, unless `navigator.storage.persist()` was granted. A full disk, a private
 * window without databases and data that is cleared under an open page reject with `outbox_failed`.
 *
 * @param name - part of the names of the databases: pages that use the same one share what waits
 * @example
 * const room = createActor(durableConnection, { input: { url, producer: { storage: indexedDbOutbox('rooms') } } })
 */
export function indexedDbOutbox(name: string): OutboxStorage {
  const { navigator, indexedDB } = globalThis
  if (navigator?.locks === undefined || indexedDB?.databases === undefined) return memoryStorage
  return {
    survives: true,
    async claim(stream, wanted) {
      const prefix = prefixOf(name, stream)
      try {
        const slot = await claimSlot(prefix, wanted)
        announce(prefix, slot)
        return slot
      } catch (thrown) {
        throw asTransportError(thrown, 'outbox_failed', 'The outbox cannot use the databases or locks of this page.')
      }
    },
    inherit: (stream, take) => inheritSlots(prefixOf(name, stream), take),
  }
}
