/**
 * Takes away the carrier that a client is using, and then the next one, and gives all of them back: it falls rung by rung and
 * climbs up again, in the middle of the records.
 *
 * @module
 */
import { createLadderMemory } from '../../src/transports/ladder-memory.ts'
import type { Contender } from './contender.ts'
import { connectOurs, type OurClient, ours } from './contenders/ours.ts'
import { streamUrl } from './contenders/stream-server.ts'
import type { ChaosProxy } from './proxy.ts'
import { Pulse } from './pulse.ts'
import type { Carrier } from './traffic.ts'

/** The rung that is left when all others are taken away. */
const LAST: Carrier = 'long-poll'

/** A rung that failed is left alone for an hour at most. */
const LONGEST_MARK = 3_600_000

/** How often a client that sits on a lesser rung is told to look for a better one, in ms: a cut may have ended its last try. */
const NUDGE = 100

/** In one of so many descents. */
const MUTE_EVERY = 4

/** The stream has gone over to another carrier when the server has said so many things in a row over it: one is only a try. */
const STREAK = 4

export interface SwitchingOptions {
  /** A switch begins with each so many rounds. */
  readonly every: number
  /** How long one may take while nothing at all is carried, in ms. */
  readonly patience: number
}

export class Switching {
  /** How many switches were forced and have happened. */
  switches = 0
  readonly contender: Contender
  readonly #options: SwitchingOptions
  readonly #pulse = new Pulse()
  #client: OurClient | null = null
  #proxy: ChaosProxy | null = null
  /** What carries the stream, and for how many things in a row. */
  #carrier: Carrier = 'other'
  #streak = 0
  #descents = 0
  #passed = 0
  #ongoing: Promise<void> = Promise.resolve()

  constructor(options: SwitchingOptions) {
    this.#options = options
    const ladder = createLadderMemory({ now: () => performance.now() + this.#passed })
    this.contender = {
      ...ours('auto'),
      connect: async (url, ears, random) => {
        this.#client = connectOurs({ url: streamUrl(url), ladder }, ears, random)
        return this.#client
      },
    }
  }

  /** For `TrialOptions.before`: begins a switch when one is due. Records flow meanwhile; only the next one waits for it. */
  async before(round: number, proxy: ChaosProxy): Promise<void> {
    if (round % this.#options.every !== 0) return
    this.#watch(proxy)
    await this.#ongoing
    this.#ongoing = this.#switch(proxy)
    // Whoever awaits it next is told; until then nobody has to be.
    this.#ongoing.catch(() => {})
  }

  /** Resolves when the last one has happened. */
  finished(): Promise<void> {
    return this.#ongoing
  }

  #watch(proxy: ChaosProxy): void {
    if (this.#proxy === proxy) return
    this.#proxy = proxy
    proxy.on('carried', (carrier) => {
      if (carrier === 'other') return
      this.#streak = carrier === this.#carrier ? this.#streak + 1 : 1
      this.#carrier = carrier
      this.#pulse.beat()
    })
  }

  async #switch(proxy: ChaosProxy): Promise<void> {
    await this.#carried('anything', () => true)
    const before = this.#carrier
    this.#streak = 0
    if (before === LAST) {
      proxy.unblock()
      this.#descents += 1
      await this.#climbed()
    } else {
      // Mostly refused; by turns let in and kept waiting, as by a proxy that buffers what streams, which takes seconds to notice.
      proxy.block(before, this.#descents % MUTE_EVERY === 1 ? 'mute' : 'refuse')
      await this.#carried(`anything but ${before}`, (carrier) => carrier !== before)
    }
    this.switches += 1
  }

  async #climbed(): Promise<void> {
    const nudging = setInterval(() => {
      this.#passed += LONGEST_MARK
      this.#client?.wake()
    }, NUDGE)
    await this.#carried('websocket', (carrier) => carrier === 'websocket').finally(() => clearInterval(nudging))
  }

  async #carried(name: string, by: (carrier: Carrier) => boolean): Promise<void> {
    const holds = (): boolean => this.#streak >= STREAK && by(this.#carrier)
    if (await this.#pulse.until(holds, this.#options.patience)) return
    throw new Error(`The stream was not carried by ${name}, but by ${this.#carrier}.`)
  }
}
