/**
 * One connection through the proxy, and how it ends.
 *
 * @module
 */
import type { Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import type { Blows, Cut } from './blows.ts'
import { Lane } from './lane.ts'
import { type Carrier, type Side, Traffic } from './traffic.ts'
import type { Weather } from './weather.ts'

/** What a proxy does with a carrier that it does not let through: answer 502, or let the head pass and nothing behind it. */
export type Block = 'refuse' | 'mute'

export interface ConnectionOptions {
  readonly client: Socket
  readonly upstream: Socket
  readonly blows: Blows
  readonly random: () => number
  readonly weather: () => Weather
  /** How long a stall lasts, in ms. */
  readonly stall: number
  readonly blocked: (carrier: Carrier) => Block | undefined
  /** The server says something over this carrier that is more than a head. */
  readonly carried: (carrier: Carrier) => void
  /** Something is held back that will arrive later; call the result when it has. */
  readonly withhold: () => () => void
}

const REFUSAL = 'HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'

/** How long a server may take to deal with what came late, in ms. */
const AFTERLIFE = 60

export class Connection {
  readonly traffic = new Traffic()
  readonly #options: ConnectionOptions
  readonly #up: Lane
  readonly #down: Lane
  readonly #passed: Record<Side, number> = { client: 0, server: 0 }

  constructor(options: ConnectionOptions) {
    this.#options = options
    const { client, upstream, blows, weather } = options
    this.#up = new Lane({ from: client, to: upstream, weather, ...this.#watch('client') })
    this.#down = new Lane({ from: upstream, to: client, weather, ...this.#watch('server') })
    client.on('close', () => blows.forget(this.traffic))
  }

  /** Breaks off at once, as a proxy does that is restarted. */
  reset(): void {
    const { client, upstream, random } = this.#options
    this.#up.stop()
    this.#down.stop()
    if (random() < 0.5) upstream.resetAndDestroy()
    else upstream.destroy()
    client.resetAndDestroy()
  }

  #watch(side: Side) {
    return {
      headOf: (bytes: Buffer): number => {
        const head = this.traffic.headOf(side, bytes)
        if (side === 'client' && head > 0 && this.#options.blocked(this.traffic.carrier) === 'refuse') this.#refuse()
        return head
      },
      cutIn: (length: number, head: number): Cut | null => {
        const { blows, blocked, carried, client, weather } = this.#options
        // The client has left: what it said may still arrive, and a cut would be news to nobody.
        if (client.destroyed) return null
        if (side === 'server' && length > head && blocked(this.traffic.carrier) === 'mute')
          return { at: head, ending: 'mute' }
        if (side === 'server' && length > head) carried(this.traffic.carrier)
        const { strayAt } = weather()
        const stray = strayAt - this.#passed[side]
        this.#passed[side] += length
        if (stray >= 0 && stray < length) return { at: Math.floor(stray), ending: 'reset' }
        return blows.cutIn(this.traffic, side, length, head)
      },
      cut: (ending: Cut['ending']): void => this.#end(ending, side),
    }
  }

  #refuse(): void {
    const { client, upstream } = this.#options
    this.#up.stop()
    this.#down.stop()
    upstream.destroy()
    client.end(REFUSAL)
  }

  #end(ending: Cut['ending'], side: Side): void {
    const { client, upstream } = this.#options
    if (ending === 'mute') return
    if (ending === 'stall') void this.#stall()
    else if (ending === 'late' && side === 'client') void this.#deliverLate()
    else if (ending === 'reset' || ending === 'late') this.reset()
    else {
      this.#up.stop()
      this.#down.stop()
      upstream.destroy()
      if (ending === 'finish') client.end()
    }
  }

  /** The client knows that it is cut off; the server hears the rest of what it said later. */
  async #deliverLate(): Promise<void> {
    const { client, upstream, random, withhold } = this.#options
    const arrived = withhold()
    const rest = this.#up.stop()
    this.#down.stop()
    client.resetAndDestroy()
    await wait(5 + random() * 60)
    if (upstream.writable) upstream.end(rest)
    await wait(AFTERLIFE)
    upstream.destroy()
    arrived()
  }

  async #stall(): Promise<void> {
    const { client, upstream, stall, withhold } = this.#options
    const arrived = withhold()
    this.#up.hold()
    this.#down.hold()
    await wait(stall)
    this.#up.release()
    this.#down.release()
    await wait(AFTERLIFE)
    client.end()
    upstream.end()
    arrived()
  }
}
