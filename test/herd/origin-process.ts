/**
 * The server of the herd, as a process of its own that can be killed: its streams are in a file.
 *
 * @module
 */

import { systemClock } from '../../src/server/clock.ts'
import { fileStore } from '../../src/server/stores/file-store.ts'
import { answerWith } from '../bench/server/questions.ts'
import { type Origin, openOrigin } from './origin.ts'
import { type SharedStore, shareStore } from './shared-store.ts'

/** What it can be asked. */
export interface OriginProcess {
  /** Listens, on any free port if it is 0, and says on which. */
  open(place: { readonly file: string; readonly port: number }): Promise<number>
  /** Says goodbye to everybody; answers when all have gone and the file is closed. */
  drain(): Promise<void>
  /** When each attempt arrived, in milliseconds since 1970, and the most reads of the store at the same time. */
  counted(): { readonly arrivals: readonly number[]; readonly readsAtOnce: number }
}

/** How long everybody is asked to stay away at least: until the next process listens. */
const AWAY_MS = 3_000

/** 10,000 clients, and those of them whose last socket the kernel has not let go of. */
const limits = { accepts: { perSecond: 500, burst: 1_000 } }

let origin: Origin | null = null
let store: SharedStore | null = null

function opened(): Origin {
  if (origin === null) throw new Error('It is not open.')
  return origin
}

answerWith<OriginProcess>({
  async open({ file, port }) {
    const kept = fileStore({ path: file })
    store = shareStore(kept)
    origin = await openOrigin({ store: { ...store, close: () => kept.close() }, clock: systemClock, limits, port })
    await origin.server.stream('herd').create()
    return origin.port
  },
  async drain() {
    await opened().server.close({ afterMs: AWAY_MS })
    opened().crash()
  },
  counted: () => ({ arrivals: opened().arrivals, readsAtOnce: store?.readsAtOnce ?? 0 }),
})
