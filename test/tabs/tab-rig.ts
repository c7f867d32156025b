/**
 * Tabs of one process: real channels, locks of a rig, connections to a real server, and ways to freeze a tab and to let it die.
 *
 * @module
 */
import { onTestFinished } from 'vitest'
import { createActor } from 'xstate'
import { values } from '../../src/codecs/codec.ts'
import { connection } from '../../src/connection/connection.ts'
import type { ConnectionActor } from '../../src/connection/logic.ts'
import type { Dial } from '../../src/link.ts'
import { producerQueue } from '../../src/producer/queue-kind.ts'
import { type AcrossTabsOptions, acrossTabsOn } from '../../src/tabs/across-tabs.ts'
import type { TabPlatform } from '../../src/tabs/platform.ts'
import { type DurableInput, durable } from '../../src/transports/durable.ts'
import { LockRig } from './locks-rig.ts'

/** What a channel delivers to a frozen tab, and what its timers do, waits until it thaws. */
class Tab {
  readonly name: string
  readonly platform: TabPlatform
  readonly #channels = new Set<BroadcastChannel>()
  readonly #freezers = new Set<() => void>()
  #kept: (() => void)[] = []
  #state: 'awake' | 'frozen' | 'dead' = 'awake'

  constructor(name: string, locks: LockRig) {
    this.name = name
    this.platform = {
      locks: locks.of(name),
      clock: {
        now: () => performance.now(),
        setTimeout: (run, milliseconds) => setTimeout(() => this.#run(run), milliseconds),
        clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
      },
      channel: (channelName) => this.#open(channelName),
      onFreeze: (listener) => {
        this.#freezers.add(listener)
        return () => this.#freezers.delete(listener)
      },
    }
  }

  freeze(): void {
    this.#state = 'frozen'
  }

  /** As the browser does it where it can: the page hears of it before. */
  announceFreeze(): void {
    for (const listener of [...this.#freezers]) listener()
  }

  thaw(): void {
    this.#state = 'awake'
    for (const run of this.#kept.splice(0)) run()
  }

  die(): void {
    this.#state = 'dead'
    for (const channel of this.#channels) channel.close()
    this.#kept = []
  }

  #run(run: () => void): void {
    if (this.#state === 'awake') run()
    else if (this.#state === 'frozen') this.#kept.push(run)
  }

  #open(name: string): BroadcastChannel {
    const channel = new BroadcastChannel(name)
    this.#channels.add(channel)
    return new Proxy(channel, {
      get: (target, property) => {
        const value: unknown = Reflect.get(target, property, target)
        // The dead do not speak, whatever of them still runs in this process.
        if (property === 'postMessage' && this.#state === 'dead') return () => {}
        return typeof value === 'function' ? value.bind(target) : value
      },
      set: (target, property, value) => {
        const heard = property === 'onmessage' && typeof value === 'function'
        const given = heard ? (event: MessageEvent) => this.#run(() => value.call(target, event)) : value
        return Reflect.set(target, property, given, target)
      },
    })
  }
}

export interface TabRig {
  readonly locks: LockRig
  open(name: string, input: DurableInput, options?: AcrossTabsOptions<DurableInput>): OpenTab
}

export interface OpenTab {
  readonly tab: Tab
  readonly actor: ConnectionActor<DurableInput>
  /** What it was given, oldest first. */
  readonly got: unknown[]
  /** How often it has dialled the server itself. */
  dials(): number
  /** Of its last link. */
  protocol(): string
  /** Gone without a word. */
  crash(): void
}

/** Fast retries, so that a hand-over takes no longer than it has to. */
export const swift = { backoff: { base: 20, cap: 100 }, retryBudget: 10_000 } as const

/** Everything is closed when the test is over. */
export function tabRig(): TabRig {
  const locks = new LockRig()
  return {
    locks,
    open(name, input, options) {
      const tab = new Tab(name, locks)
      let dials = 0
      let dead = false
      const cut = new AbortController()
      const counted: Dial<DurableInput> = async (given, request) => {
        dials += 1
        if (dead) return new Promise(() => {})
        return durable(given, { ...request, signal: AbortSignal.any([request.signal, cut.signal]) })
      }
      const logic = connection(
        acrossTabsOn(() => tab.platform, counted, options),
        { codec: values, queue: producerQueue },
      )
      const actor = createActor(logic, { input: { ...swift, ...input } }) as unknown as ConnectionActor<DurableInput>
      const got: unknown[] = []
      actor.on('message', ({ message }) => {
        if (!dead) got.push(message.data)
      })
      let protocol = ''
      actor.on('connected', (event) => {
        protocol = event.protocol
      })
      actor.start()
      actor.send({ type: 'connect' })
      onTestFinished(() => {
        actor.stop()
        tab.die()
      })
      return {
        tab,
        actor,
        got,
        dials: () => dials,
        protocol: () => protocol,
        crash() {
          dead = true
          tab.die()
          locks.kill(name)
          cut.abort()
          actor.stop()
        },
      }
    },
  }
}
