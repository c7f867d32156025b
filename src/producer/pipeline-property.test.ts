import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SimulatedClock } from 'xstate'
import { TransportError } from '../errors.ts'
import { memoryStorage } from './memory-storage.ts'
import { Pipeline } from './pipeline.ts'
import { type Arrival, ProducerLog, scriptedLink } from './scripted-link.ts'

/** What the network does with one append: the order of its choices is the order in which things happen. */
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('arrives' as const), which: fc.nat(5) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('answers' as const), which: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('breaks' as const), which: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('busy' as const), which: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut' as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('send' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('time' as const) }) },
)

type Happening = typeof step extends fc.Arbitrary<infer Step> ? Step : never

/** An append on its way: it may arrive, its answer may come back, and either may be lost with the connection. */
interface Travelling {
  readonly arrival: Arrival
  applied: ReturnType<ProducerLog['apply']> | null
}

class Network {
  readonly log = new ProducerLog()
  readonly clock = new SimulatedClock()
  readonly sent: string[] = []
  readonly outcomes: string[] = []
  readonly pipeline: Pipeline
  #travelling: Travelling[] = []
  /** Sent over links that are gone; may still reach the server. */
  readonly #stray: Travelling[] = []
  #arrivals: Arrival[] = []

  constructor(pipeline: (clock: SimulatedClock) => Pipeline) {
    this.pipeline = pipeline(this.clock)
    this.dial()
  }

  dial(): void {
    const { link, arrivals } = scriptedLink(4)
    this.#arrivals = arrivals
    this.#stray.push(...this.#travelling)
    this.#travelling = []
    this.pipeline.through(link)
  }

  send(): void {
    const record = String(this.sent.length)
    this.sent.push(record)
    const settle = (error?: unknown): void => void this.outcomes.push(error === undefined ? record : `${record} failed`)
    void this.pipeline.enqueue({ records: [record], items: [{ data: record, settle }] })
  }

  take(happening: Happening): void {
    this.#travelling.push(...this.#arrivals.splice(0).map((arrival) => ({ arrival, applied: null })))
    if (happening.kind === 'send') this.send()
    else if (happening.kind === 'time') this.clock.increment(200)
    else if (happening.kind === 'cut') this.dial()
    else this.#befall(happening)
  }

  #befall(happening: Extract<Happening, { which: number }>): void {
    const all = happening.kind === 'arrives' ? [...this.#travelling, ...this.#stray] : this.#travelling
    const one = all[happening.which % Math.max(1, all.length)]
    if (one === undefined) return
    if (happening.kind === 'arrives') one.applied ??= this.log.apply(one.arrival.append)
    if (happening.kind === 'answers' && one.applied === null) return
    if (happening.kind === 'answers' && one.applied !== null) one.arrival.answer(one.applied)
    if (happening.kind === 'breaks') one.arrival.breaks()
    if (happening.kind === 'busy') one.arrival.answer({ kind: 'later', retryAfterMs: 50 })
    if (happening.kind !== 'arrives') this.#travelling = this.#travelling.filter((other) => other !== one)
  }

  /** The weather clears: whatever is under way arrives and is answered, until nothing waits. */
  async calm(): Promise<void> {
    for (let round = 0; this.pipeline.producer.waiting > 0; round++) {
      if (round > 10_000) throw new Error('It never comes to an end.')
      this.clock.increment(2_000)
      await turn()
      this.take({ kind: 'arrives', which: 0 })
      this.take({ kind: 'answers', which: 0 })
      await turn()
    }
  }
}

test('whatever the network does with appends and answers, each record is stored once and in order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 120, size: 'max' }), async (steps) => {
      const slot = await memoryStorage.claim('s')
      const report = ({ code }: TransportError): never => {
        throw new Error(code)
      }
      const options = { onRefused: 'skip', authorize: undefined, survives: false, report, drained() {} } as const
      const network = new Network(
        (clock) => new Pipeline(slot, { ...options, clock, random: () => 0.5, backoff: { base: 50, cap: 500 } }),
      )
      for (const happening of steps) {
        network.take(happening)
        await turn()
      }
      await network.calm()
      expect(network.log.records).toEqual(network.sent)
      expect(network.outcomes).toEqual(network.sent)
      await network.pipeline.close(new TransportError('aborted', 'Over.'))
    }),
    { numRuns: 300 },
  )
})
