import fc from 'fast-check'
import { expect, test } from 'vitest'
import { settle } from '../../src/testing/settle.ts'
import { channels, counted, type Reader } from './readers.ts'

const NAMES = ['a', 'b', 'c', 'd']
const which = fc.nat(NAMES.length - 1)
const filler = 'x'.repeat(30_000)

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ act: fc.constant('append' as const), which, count: fc.integer({ min: 1, max: 20 }) }),
  },
  { weight: 2, arbitrary: fc.record({ act: fc.constantFrom('pause', 'resume', 'close', 'open'), which }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constantFrom('cut', 'turn'), which }) },
)

test('whatever is opened, closed, paused, cut and appended in any order, each life hears its stream whole and once', async () => {
  const seed = Number(process.env.SEED ?? Date.now() % 1e9)
  process.stdout.write(`seed ${seed}\n`)
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const { server, reader, cut, open, sockets } = await channels({ linger: 5 })
      const rooms = NAMES.map((name) => server.stream(name))
      const readers: (Reader | undefined)[] = NAMES.map((name) => reader(name))
      const lives: Reader[] = readers.flatMap((one) => one ?? [])
      for (const one of steps) {
        const current = readers[one.which]
        const name = NAMES[one.which] ?? ''
        if ('count' in one) {
          const { seq } = rooms[one.which]?.tail ?? { seq: 0 }
          for (const value of counted(one.count)) rooms[one.which]?.append({ value: seq + value, filler })
        } else if (one.act === 'cut') cut()
        else if (one.act === 'turn') await new Promise(setImmediate)
        else if (one.act === 'pause') current?.pause()
        else if (one.act === 'resume') current?.resume()
        else if (one.act === 'close') {
          current?.close()
          readers[one.which] = undefined
        } else if (current === undefined) {
          const fresh = reader(name)
          readers[one.which] = fresh
          lives.push(fresh)
        }
      }
      const alive = readers.flatMap((one) => one ?? [])
      for (const one of alive) one.resume()
      const tailOf = ({ name }: Reader): number => server.stream(name).tail.seq
      await settle(() => alive.every((one) => one.heard.length >= tailOf(one)), { timeout: 10_000 })
      for (const { heard } of lives) {
        expect(heard.map((data) => (data as { value: number }).value)).toEqual(counted(heard.length))
      }
      for (const one of alive) expect(one.heard).toHaveLength(tailOf(one))
      await settle(() => sockets.size <= 1 && open() <= 1)
      for (const one of alive) one.close()
      await settle(() => open() === 0 && sockets.size === 0)
    }),
    { seed, numRuns: 20, endOnFailure: true },
  )
}, 60_000)
