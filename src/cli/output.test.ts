import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { openOutput } from './output.ts'

/** A stream that takes nothing until it is told to. */
function slowStream() {
  const taken: string[] = []
  let done: ((error?: Error) => void) | undefined
  const stream = new Writable({
    highWaterMark: 4,
    write(chunk: Buffer, _encoding, callback) {
      taken.push(chunk.toString())
      done = callback
    },
  })
  return { stream, taken, take: () => done?.(), fail: (error: Error) => done?.(error) }
}

function watched() {
  const told: string[] = []
  return {
    told,
    events: {
      full: () => told.push('full'),
      drained: () => told.push('drained'),
      ended: (how: string) => told.push(how),
    },
  }
}

test('full is told once, drained when everything is taken', async () => {
  const { stream, taken, take } = slowStream()
  const { told, events } = watched()
  const output = openOutput(stream, events)
  output.write('1234')
  output.write('5')
  expect(told).toEqual(['full'])
  const drained = new Promise((resolve) => stream.once('drain', resolve))
  take()
  await new Promise((resolve) => setImmediate(resolve))
  take()
  await drained
  expect(taken).toEqual(['1234', '5'])
  expect(told).toEqual(['full', 'drained'])
})

test.each([
  ['EPIPE', 'closed'],
  ['ECONNRESET', 'closed'],
  ['ENOSPC', 'failed'],
])('%s means %s, told once; nothing is written any more', async (code, how) => {
  const { stream, taken, fail } = slowStream()
  const { told, events } = watched()
  const output = openOutput(stream, events)
  output.write('1')
  const failed = new Promise((resolve) => stream.once('error', resolve))
  fail(Object.assign(new Error(code), { code }))
  await failed
  output.write('2')
  await output.flush()
  expect(told).toEqual([how])
  expect(taken).toEqual(['1'])
})

test('flush waits for what was written', async () => {
  const { stream, take } = slowStream()
  const output = openOutput(stream, watched().events)
  output.write('1')
  let flushed = false
  const flushing = output.flush().then(() => {
    flushed = true
  })
  await new Promise((resolve) => setImmediate(resolve))
  expect(flushed).toBe(false)
  take()
  await new Promise((resolve) => setImmediate(resolve))
  take()
  await flushing
})
