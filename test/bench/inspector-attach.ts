/**
 * What an inspector costs per event: `node test/bench/inspector-attach.ts`.
 * One actor with an 11 kB context takes events that change its state. Each way is measured in rounds that take turns, because the
 * machine has fast and slow minutes: CPU time of this process, medians. Nothing is sent anywhere; what a socket would be given is
 * written out as JSON.
 *
 * @module
 */
import { createInspector } from '@statelyai/inspect'
import { type AnyActor, createActor, createMachine } from 'xstate'
import { attachInspector, memoryLink } from '../../inspector/attach/index.ts'
import { median } from './statistics.ts'

const events = 4_000
const rounds = 15

const history = Array.from({ length: 70 }, (_, index) => ({
  id: index,
  author: { name: 'somebody', roles: ['reader', 'writer'] },
  text: 'a sentence that somebody wrote some time ago, of the usual length',
}))

const machine = createMachine({
  id: 'bench',
  context: { history },
  initial: 'off',
  states: { off: { on: { flip: 'on' } }, on: { on: { flip: 'off' } } },
})

interface Watcher {
  /** Bytes that were told. */
  bytes(): number
  stop(): void
}

interface Way {
  readonly name: string
  watch(actor: AnyActor): Watcher
}

const nobody: Way = { name: 'no inspector', watch: () => ({ bytes: () => 0, stop: () => {} }) }

/** What XState itself takes for making its records, whoever hears them. */
const deaf: Way = {
  name: 'an observer that does nothing',
  watch(actor) {
    const subscription = actor.system.inspect(() => {})
    return { bytes: () => 0, stop: () => subscription.unsubscribe() }
  },
}

/** Time runs a thousand times as fast, so that the bound on events per second does not make the figure better than it is. */
const clock = {
  setTimeout: (act: () => void, milliseconds: number) => setTimeout(act, milliseconds),
  clearTimeout: (timer: unknown) => clearTimeout(timer as NodeJS.Timeout),
  now: () => performance.now() * 1_000,
}

function ours(name: string, viewers: 0 | 1): Way {
  return {
    name,
    watch(actor) {
      let bytes = 0
      const link = memoryLink()
      const viewer =
        viewers === 0
          ? null
          : link.view((messages) => {
              for (const message of messages) bytes += JSON.stringify(message).length
            })
      const detach = attachInspector(actor, { link, clock, always: true })
      return {
        bytes: () => bytes,
        stop() {
          detach()
          viewer?.leave()
        },
      }
    },
  }
}

const standard: Way = {
  name: '@statelyai/inspect 0.7.2, watching',
  watch(actor) {
    let bytes = 0
    const inspector = createInspector({
      start: () => {},
      stop: () => {},
      send: (message) => {
        bytes += JSON.stringify(message).length
      },
    })
    const subscription = actor.system.inspect(inspector.inspect)
    return {
      bytes: () => bytes,
      stop() {
        subscription.unsubscribe()
        inspector.stop()
      },
    }
  },
}

/** It converts when the process is idle: that belongs to its cost. */
async function settled(watcher: Watcher): Promise<void> {
  let before = -1
  while (watcher.bytes() !== before) {
    before = watcher.bytes()
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve))
  }
}

interface Cost {
  readonly micros: number
  readonly bytes: number
}

async function measure(way: Way): Promise<Cost> {
  const actor = createActor(machine).start()
  const watcher = way.watch(actor)
  await settled(watcher)
  const told = watcher.bytes()
  const before = process.cpuUsage()
  for (let count = 0; count < events; count++) actor.send({ type: 'flip' })
  if (way === standard) await settled(watcher)
  const { system, user } = process.cpuUsage(before)
  const cost = { micros: (system + user) / events, bytes: (watcher.bytes() - told) / events }
  watcher.stop()
  actor.stop()
  return cost
}

const ways = [nobody, deaf, ours('attached, nobody looks', 0), ours('attached, watching', 1), standard]
const costs = new Map<Way, Cost[]>(ways.map((way) => [way, []]))
for (let round = 0; round < rounds; round++) {
  for (const way of ways) {
    const cost = await measure(way)
    // The first rounds measure the compiler.
    if (round >= 3) costs.get(way)?.push(cost)
  }
}

const of = (way: Way, figure: keyof Cost): number => median((costs.get(way) ?? []).map((cost) => cost[figure]))
const bare = of(nobody, 'micros')
console.log('| | CPU µs per event | more than without | bytes told per event |')
console.log('| --- | ---: | ---: | ---: |')
for (const way of ways) {
  const micros = of(way, 'micros')
  console.log(`| ${way.name} | ${micros.toFixed(2)} | ${(micros - bare).toFixed(2)} | ${of(way, 'bytes').toFixed(0)} |`)
}
console.log(
  `\nMedians of ${rounds - 3} rounds of ${events} events. Aims: 1 µs while nobody looks, 10 µs while somebody does.`,
)
