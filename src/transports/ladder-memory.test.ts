import { expect, test } from 'vitest'
import { createLadderMemory } from './ladder-memory.ts'

const HERE = 'https://here.example'

function memoryAt(start = 1_000) {
  let now = start
  const memory = createLadderMemory({ now: () => now })
  return {
    memory,
    pass: (milliseconds: number) => {
      now += milliseconds
    },
    barred: (origin = HERE) => memory.barred(origin, 'websocket'),
  }
}

test('nothing speaks against what nobody knows', () => {
  const { barred } = memoryAt()
  expect(barred()).toBe(0)
})

test('a failure counts for 30 s, and each confirmation four times as long, up to an hour', () => {
  const { memory, pass, barred } = memoryAt()
  const lengths: number[] = []
  for (let time = 0; time < 6; time++) {
    memory.failed(HERE, 'websocket')
    lengths.push(barred())
    pass(barred())
    expect(barred()).toBe(0)
  }
  expect(lengths).toEqual([30_000, 120_000, 480_000, 1_920_000, 3_600_000, 3_600_000])
})

test('many connections that find out together are one failure', () => {
  const { memory, pass, barred } = memoryAt()
  for (let time = 0; time < 50; time++) memory.failed(HERE, 'websocket')
  expect(barred()).toBe(30_000)
  pass(10_000)
  memory.failed(HERE, 'websocket')
  expect(barred()).toBe(20_000)
})

test('what works again is known to work at once, at this origin and for this carrier', () => {
  const { memory, barred } = memoryAt()
  memory.failed(HERE, 'websocket')
  memory.failed(HERE, 'sse')
  memory.failed('https://there.example', 'websocket')
  memory.worked(HERE, 'websocket')
  expect(barred()).toBe(0)
  expect(memory.barred(HERE, 'sse')).toBe(30_000)
  expect(barred('https://there.example')).toBe(30_000)
})

test('success is forgiven when it has lasted, so that works and fails in turns are tried less and less', () => {
  const { memory, pass, barred } = memoryAt()
  memory.failed(HERE, 'websocket')
  pass(30_000)
  memory.worked(HERE, 'websocket')
  pass(5_000)
  // Said again and again while it works.
  memory.worked(HERE, 'websocket')
  memory.failed(HERE, 'websocket')
  expect(barred()).toBe(120_000)
  memory.worked(HERE, 'websocket')
  pass(120_001)
  memory.failed(HERE, 'websocket')
  expect(barred()).toBe(30_000)
})

test('it keeps a hundred origins, and forgets first the one that failed longest ago', () => {
  const { memory, pass, barred } = memoryAt()
  for (let number = 0; number < 100; number++) memory.failed(`https://${number}.example`, 'websocket')
  pass(30_000)
  memory.failed('https://0.example', 'websocket')
  memory.failed('https://100.example', 'websocket')
  expect(barred('https://0.example')).toBe(120_000)
  expect(barred('https://100.example')).toBe(30_000)
  // Its mark had run out, but that it had one is known of the others only.
  memory.failed('https://1.example', 'websocket')
  memory.failed('https://50.example', 'websocket')
  expect(barred('https://1.example')).toBe(30_000)
  expect(barred('https://50.example')).toBe(120_000)
})
