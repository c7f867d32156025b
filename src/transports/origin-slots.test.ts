import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createOriginSlots, type OriginSlots, type SlotKind } from './origin-slots.ts'
import { withSlots } from './origin-slots-dial.ts'
import { sse } from './sse.ts'
import { failureOf, recordedRequest, turns } from './websocket-rig.ts'

const ORIGIN = 'http://example.com'
const limited = { isLimited: () => true }
const never = new Promise<void>(() => {})

/** Takes a slot and notes what became of it. */
function taker(slots: OriginSlots, kind: SlotKind = 'read', late = never) {
  const controller = new AbortController()
  const one = { state: 'waiting', release: () => {}, abort: () => controller.abort() }
  slots.take(ORIGIN, kind, controller.signal, late).then(
    (release) => Object.assign(one, { release, state: 'held' }),
    ({ code }) => Object.assign(one, { state: code }),
  )
  return one
}

test('outside a browser there is no limit', async () => {
  const slots = createOriginSlots()
  const takers = Array.from({ length: 50 }, () => taker(slots))
  await turns(1)
  expect(takers.every(({ state }) => state === 'held')).toBe(true)
  expect(slots.counts(`${ORIGIN}/feed`)).toEqual({ held: 50, waiting: 0, limit: Number.POSITIVE_INFINITY })
})

test('polls have room of their own, and wait in line for more', async () => {
  const slots = createOriginSlots({ ...limited, reads: 2, polls: 1 })
  const reads = [taker(slots), taker(slots), taker(slots)]
  const polls = [taker(slots, 'poll'), taker(slots, 'poll')]
  await turns(1)
  expect([...reads, ...polls].map(({ state }) => state)).toEqual(['held', 'held', 'waiting', 'held', 'waiting'])
  reads[0]?.release()
  reads[1]?.release()
  await turns(1)
  expect([...reads, ...polls].map(({ state }) => state)).toEqual(['held', 'held', 'held', 'held', 'held'])
})

test('a slot is given back once, however often it is released', async () => {
  const slots = createOriginSlots({ ...limited, reads: 1 })
  const [first, second, third] = [taker(slots), taker(slots), taker(slots)]
  await turns(1)
  first.release()
  first.release()
  await turns(1)
  expect([second.state, third.state]).toEqual(['held', 'waiting'])
})

test('who has waited long enough is refused, and who gives up leaves the line', async () => {
  const slots = createOriginSlots({ ...limited, reads: 1 })
  const holder = taker(slots)
  let tell = (): void => {}
  const late = new Promise<void>((resolve) => {
    tell = resolve
  })
  const impatient = taker(slots, 'read', late)
  const aborted = taker(slots)
  const patient = taker(slots)
  aborted.abort()
  tell()
  await turns(1)
  expect([impatient.state, aborted.state, patient.state]).toEqual(['limit_reached', 'aborted', 'waiting'])
  holder.release()
  await turns(1)
  expect(patient.state).toBe('held')
})

test('everybody goes on as soon as the limit is lifted', async () => {
  let protocol = 'http/1.1'
  const slots = createOriginSlots({ reads: 1, isLimited: () => protocol === 'http/1.1' })
  const takers = [taker(slots), taker(slots), taker(slots)]
  await turns(1)
  expect(slots.counts(ORIGIN)).toEqual({ held: 1, waiting: 2, limit: 2 })
  protocol = 'h2'
  takers[0]?.release()
  await turns(1)
  expect(takers.map(({ state }) => state)).toEqual(['held', 'held', 'held'])
})

test('other origins have slots of their own', async () => {
  const slots = createOriginSlots({ ...limited, reads: 1 })
  taker(slots)
  const elsewhere = await slots.take('http://example.org', 'read', new AbortController().signal, never)
  elsewhere()
  expect([slots.counts(ORIGIN).held, slots.counts('http://example.org').held]).toEqual([1, 0])
})

test.each([[{ reads: 0 }], [{ reads: 1.5 }], [{ polls: -1 }], [{ polls: Number.NaN }]])(
  'an option that is not right is refused: %j',
  (options) => {
    expect(() => createOriginSlots(options)).toThrow(expect.objectContaining({ code: 'bad_option' }))
  },
)

test('in any order of comings and goings nobody is over the limit, nobody is passed over, and nothing is left', async () => {
  const seed = Number(process.env.SEED ?? Date.now() % 1e9)
  process.stdout.write(`seed ${seed}\n`)
  const step = fc.oneof(
    fc.record({ act: fc.constantFrom('read', 'poll') }),
    fc.record({ act: fc.constantFrom('release', 'abort'), which: fc.nat(30) }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const slots = createOriginSlots({ ...limited, reads: 3, polls: 1 })
      const takers: (ReturnType<typeof taker> & { kind: string })[] = []
      for (const one of steps) {
        if (!('which' in one)) takers.push(Object.assign(taker(slots, one.act as SlotKind), { kind: one.act }))
        else if (one.act === 'release') takers[one.which % takers.length]?.release()
        else takers[one.which % takers.length]?.abort()
        await Promise.resolve()
        await Promise.resolve()
        const { held, waiting } = slots.counts(ORIGIN)
        expect(held).toBeLessThanOrEqual(4)
        if (waiting > 0) expect(held).toBeGreaterThanOrEqual(3)
        const reads = takers.filter(({ kind }) => kind === 'read').map(({ state }) => state)
        expect(reads.lastIndexOf('held') > reads.indexOf('waiting') && reads.includes('waiting')).toBe(false)
      }
      for (const one of takers) one.abort()
      await turns(1)
      for (const one of takers) one.release()
      expect(slots.counts(ORIGIN)).toMatchObject({ held: 0, waiting: 0 })
    }),
    { seed, numRuns: 200 },
  )
})

test('a wrong URL is for the dial to refuse', async () => {
  const dial = withSlots(sse, createOriginSlots(limited))
  expect(await failureOf(dial({ url: 'http://' }, recordedRequest()))).toMatchObject({ code: 'bad_url' })
})
