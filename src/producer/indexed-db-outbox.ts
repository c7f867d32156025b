/**
 * The outbox of browsers: what was accepted is sent although the page is reloaded, closed or crashes.
 *
 * @module
 */
import { asTransportError } from '../errors.ts'
import { openDatabase } from './indexed-db.ts'
import { claimSlot } from './indexed-db-claim.ts'
import { announce, inheritSlots } from './indexed-db-heirs.ts'
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
 * earlier page has kept is not touched; a resume token that names it is answered with `outbox_lost`.
 *
 * Browsers may evict what a site stores, all at once, unless `navigator.storage.persist()` was granted. A full disk, a private
 * window without a database and data that was cleared under an open page reject with `outbox_failed`.
 *
 * @param name - part of the name of the database, `statewire-outbox:NAME`
 */
export function indexedDbOutbox(name: string): OutboxStorage {
  if (globalThis.navigator?.locks === undefined || globalThis.indexedDB === undefined) return memoryStorage
  let opening: Promise<IDBDatabase> | undefined
  const forget = (): void => {
    opening = undefined
  }
  const opened = (): Promise<IDBDatabase> => {
    if (opening === undefined) {
      opening = openDatabase(`statewire-outbox:${name}`, forget)
      // Room may be made, or the private window closed, before somebody claims again.
      opening.catch(forget)
    }
    return opening
  }
  return {
    survives: true,
    async claim(stream, wanted) {
      try {
        const slot = await claimSlot(await opened(), name, stream, wanted)
        announce(name, stream, slot)
        return slot
      } catch (thrown) {
        throw asTransportError(thrown, 'outbox_failed', 'The outbox cannot use the locks of this page.')
      }
    },
    inherit: (stream, take) => inheritSlots(opened, name, stream, take),
  }
}
