import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SimulatedClock } from 'xstate'
import { TransportError } from '../errors.ts'
import type { Link, Outgoing } from '../link.ts'
import { Outbox, type OutboxOptions } from './outbox.ts'

/** One thing that happens to an outbox. Numbers pick a size, an item, or a span of time. */
type Step =
  | { readonly do: 'send'; readonly size: number; readonly codec: 'now' | 'later' | 'broken' }
  | { readonly do: 'abort' | 'settle' | 'fail'; readonly which: number }
  | { readonly do: 'attach' | 'detach' | 'ready' | 'turn' | 'clear' }
  | { readonly do: 'wait'; readonly time: number }

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('send' as const),
        size: fc.integer({ min: 0, max: 12 }),
        codec: fc.constantFrom('now' as const, 'now' as const, 'later' as const, 'broken' as const),
      }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('abort', 'settle', 'fail'), which: fc.nat(20) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('attach', 'detach', 'ready', 'turn', 'clear') }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const), time: fc.nat(30) }) },
  ),
  { maxLength: 60 },
)

const options: fc.Arbitrary<OutboxOptions & { messages: number; bytes: number; maxBatch: number }> = fc.record({
  messages: fc.integer({ min: 1, max: 5 }),
  bytes: fc.integer({ min: 1, max: 20 }),
  maxBatch: fc.integer({ min: 1, max: 4 }),
  maxDelay: fc.constantFrom(0, 10),
  overflow: fc.constantFrom('error', 'block', 'drop-oldest', 'drop-newest', 'latest'),
})

interface Send {
  readonly id: number
  readonly giveUp: AbortController
  outcomes: string[]
}

/** Drives one outbox and keeps what a simple model needs: what was sent, what a link got, how each send ended. */
class World {
  readonly clock = new SimulatedClock()
  readonly sends: Send[] = []
  readonly got: { readonly id: number; readonly item: Outgoing }[] = []
  readonly largestBatch: number[] = []
  readonly outbox: Outbox
  ready = (): void => {}

  constructor(options: OutboxOptions) {
    const encode = (data: unknown): unknown => {
      const { codec, ...value } = data as { id: number; size: number; codec: string }
      const text = `${String(value.id).padStart(3, '0')}${'.'.repeat(value.size)}`
      if (codec === 'broken') throw new TypeError('No.')
      return codec === 'later' ? turn(undefined).then(() => text) : text
    }
    this.outbox = new Outbox(encode, options, this.clock)
  }

  link(): Link {
    return {
      protocol: 'model',
      read: () => new Promise(() => {}),
      write: (batch) => {
        this.largestBatch.push(batch.length)
        for (const item of batch) this.got.push({ id: Number(String(item.data).slice(0, 3)), item })
        return new Promise((resolve) => {
          this.ready = resolve
        })
      },
      close() {},
    }
  }

  async step(step: Step): Promise<void> {
    const { outbox } = this
    if (step.do === 'send') this.send(step.size, step.codec)
    else if (step.do === 'abort') this.sends[step.which % this.sends.length]?.giveUp.abort()
    else if (step.do === 'settle') this.got[step.which % this.got.length]?.item.settle()
    else if (step.do === 'fail')
      this.got[step.which % this.got.length]?.item.settle(new TransportError('network', 'No.'))
    else if (step.do === 'attach') outbox.attach(this.link())
    else if (step.do === 'detach') outbox.detach()
    else if (step.do === 'ready') this.ready()
    else if (step.do === 'clear') outbox.clear(new TransportError('aborted', 'Over.'))
    else if (step.do === 'wait') this.clock.increment(step.time)
    if (step.do === 'turn' || step.do === 'ready') await turn()
  }

  send(size: number, codec: string): void {
    const send: Send = { id: this.sends.length, giveUp: new AbortController(), outcomes: [] }
    this.sends.push(send)
    this.outbox.send({ id: send.id, size, codec }, { signal: send.giveUp.signal }).then(
      () => send.outcomes.push('sent'),
      (error: TransportError) => send.outcomes.push(error.code),
    )
  }
}

const runs = { numRuns: 300, verbose: 1 }

test('whatever happens: order holds, bounds hold, nothing goes out twice, and every send settles exactly once', async () => {
  const property = fc.asyncProperty(options, steps, async (given, script) => {
    const world = new World(given)
    // With `block` the last one in may exceed the bytes, and as many callers wait.
    const slack = given.overflow === 'block' ? given.bytes : 0
    const callers = given.overflow === 'block' ? given.messages : 0
    for (const step of script) {
      await world.step(step)
      expect(world.outbox.queued).toBeLessThanOrEqual(given.messages + callers)
      expect(world.outbox.queuedBytes).toBeLessThanOrEqual(given.bytes + slack)
    }
    await turn()
    await turn()
    world.outbox.detach()
    world.outbox.clear(new TransportError('aborted', 'Over.'))
    world.outbox.detach()
    await turn()

    const ids = world.got.map(({ id }) => id)
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b))
    expect(Math.max(0, ...world.largestBatch)).toBeLessThanOrEqual(given.maxBatch)
    expect(world.sends.filter(({ outcomes }) => outcomes.length !== 1)).toEqual([])
    const sent = world.sends.filter(({ outcomes }) => outcomes[0] === 'sent')
    expect(sent.every(({ id }) => ids.includes(id))).toBe(true)
    expect(world.outbox.sent).toBe(sent.length)
    expect([world.outbox.queued, world.outbox.queuedBytes]).toEqual([0, 0])
  })
  await fc.assert(property, runs)
})

test('a link that takes everything gets everything that was not refused, in the order of the calls', async () => {
  const property = fc.asyncProperty(options, fc.array(fc.nat(12), { maxLength: 30 }), async (given, sizes) => {
    const world = new World(given)
    const { write: _, ...link } = world.link()
    const got: number[] = []
    world.outbox.attach({
      ...link,
      write: async (batch) => {
        for (const item of batch) {
          got.push(Number(String(item.data).slice(0, 3)))
          item.settle()
        }
      },
    })
    for (const [index, size] of sizes.entries()) world.send(size, index % 3 === 0 ? 'later' : 'now')
    for (let turns = 0; world.outbox.queued > 0; turns++) {
      await turn()
      world.clock.increment(10)
      expect(turns).toBeLessThan(200)
    }
    await turn()
    expect(got).toEqual(world.sends.filter(({ outcomes }) => outcomes[0] === 'sent').map(({ id }) => id))
    const refused = world.sends.filter(({ outcomes }) => outcomes[0] !== 'sent').map(({ outcomes }) => outcomes[0])
    expect(refused.every((code) => code === 'outbox_full' || code === 'send_dropped')).toBe(true)
    const onlyTooLarge = sizes.filter((size) => size + 3 > given.bytes).length
    if (given.overflow === 'block' && sizes.length <= given.messages) expect(refused).toHaveLength(onlyTooLarge)
  })
  await fc.assert(property, runs)
})
