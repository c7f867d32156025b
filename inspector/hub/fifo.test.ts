import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { createFifo } from './fifo.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

test('what was taken out is not held, however much is left', async () => {
  const fifo = createFifo<object>()
  const taken = new WeakRef({})
  fifo.push(taken.deref() ?? {})
  for (let count = 0; count < 10; count += 1) fifo.push({ count })
  // Nothing of it may reach an assertion, which would hold it.
  fifo.shift()
  await expect
    .poll(() => {
      collectGarbage()
      return taken.deref() === undefined
    })
    .toBe(true)
  expect([fifo.length, fifo.items()]).toEqual([10, Array.from({ length: 10 }, (_, count) => ({ count }))])
})

test('what comes in first goes out first, also when it was empty meanwhile', () => {
  const fifo = createFifo<number>()
  const out: (number | undefined)[] = []
  for (let round = 0; round < 50; round += 1) {
    for (let count = 0; count < round % 7; count += 1) fifo.push(round * 10 + count)
    for (let count = 0; count < round % 5; count += 1) out.push(fifo.shift())
  }
  const left = fifo.items()
  expect(left).toHaveLength(fifo.length)
  const all = [...out.filter((item) => item !== undefined), ...left]
  expect(all).toEqual([...all].sort((one, other) => one - other))
  fifo.clear()
  expect([fifo.length, fifo.shift()]).toEqual([0, undefined])
})
