import { expect, test } from 'vitest'
import { manualClock } from './testing/manual-clock.ts'
import { TimerWheel, type WheelTimer } from './timer-wheel.ts'

/** A wheel on a clock that stands still, with a note of when each timer fired. */
function stage(report?: (error: unknown) => void) {
  const clock = manualClock(0)
  const wheel = new TimerWheel(clock, { report })
  const fired: string[] = []
  const note = (name: string) => () => void fired.push(`${name} at ${clock.now()}`)
  return { clock, wheel, fired, note }
}

test('a timer fires on the first tick that is not early', () => {
  const { clock, wheel, fired, note } = stage()
  clock.advance(50)
  wheel.set(149, note('within the tick'))
  wheel.set(150, note('on the tick'))
  wheel.set(151, note('just after it'))
  clock.advance(1_000)
  expect(fired).toEqual(['within the tick at 200', 'on the tick at 200', 'just after it at 300'])
})

test('no timer of any delay is early, or more than one tick late', () => {
  const seed = Date.now() % 100_000
  let state = seed
  const random = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
  const { clock, wheel } = stage()
  const delays: number[] = []
  let fired = 0
  for (let count = 0; count < 2_000; count++) {
    const delay = random() ** 4 * 200_000
    const wanted = clock.now() + delay
    wheel.set(delay, () => {
      fired++
      delays.push(clock.now() - wanted)
    })
    clock.advance(random() * 70)
  }
  clock.advance(200_100)
  expect([fired, wheel.size, clock.pending], `seed ${seed}`).toEqual([2_000, 0, 0])
  expect(Math.min(...delays), `seed ${seed}`).toBeGreaterThanOrEqual(0)
  expect(Math.max(...delays), `seed ${seed}`).toBeLessThanOrEqual(101)
})

test('10,000 timers cost one clock timer, and none when they are cleared', () => {
  const { clock, wheel } = stage()
  const timers: WheelTimer[] = []
  for (let count = 0; count < 10_000; count++) timers.push(wheel.set(count * 13, () => {}))
  expect([wheel.size, clock.pending]).toEqual([10_000, 1])
  for (const timer of timers) wheel.clear(timer)
  expect([wheel.size, clock.pending]).toEqual([0, 0])
})

test('the wheel rests when nothing is due, and wakes for what is set afterwards', () => {
  const { clock, wheel, fired, note } = stage()
  wheel.set(10, note('before'))
  clock.advance(1_000)
  expect(clock.pending).toBe(0)
  clock.advance(10_000_000)
  wheel.set(10, note('after'))
  clock.advance(100)
  expect(fired).toEqual(['before at 100', 'after at 10001100'])
})

test('an earlier timer is not held up by a later one that was set first', () => {
  const { clock, wheel, fired, note } = stage()
  wheel.set(3_600_000, note('later'))
  clock.advance(1_000)
  wheel.set(200, note('earlier'))
  clock.advance(3_600_000)
  expect(fired).toEqual(['earlier at 1200', 'later at 3600000'])
})

test('a blocked loop fires what is due once, in the order of its ticks', () => {
  const fired: string[] = []
  let now = 0
  let wake = () => {}
  const clock = { now: () => now, setTimeout: (run: () => void) => (wake = run), clearTimeout: () => {} }
  const wheel = new TimerWheel(clock)
  const beat = () => {
    fired.push('beat')
    wheel.set(1_000, beat)
  }
  wheel.set(4_000, () => fired.push('other'))
  beat()
  now = 5_000
  wake()
  expect(fired).toEqual(['beat', 'beat', 'other'])
  now = 7 * 24 * 60 * 60_000
  wake()
  expect(fired).toEqual(['beat', 'beat', 'other', 'beat'])
})

test('a clock timer that comes early fires nothing and is set anew', () => {
  let now = 0
  let wake = () => {}
  let waits: number[] = []
  const clock = {
    now: () => now,
    setTimeout: (run: () => void, wait: number) => {
      waits.push(wait)
      wake = run
    },
    clearTimeout: () => {},
  }
  const wheel = new TimerWheel(clock)
  let fired = 0
  wheel.set(100, () => fired++)
  now = 99.5
  wake()
  expect([fired, ...waits]).toEqual([0, 100, 1])
  waits = []
  now = 100
  wake()
  expect([fired, ...waits]).toEqual([1])
})

test('a timer that is cleared never fires, not even by one of the same tick', () => {
  const { clock, wheel, fired, note } = stage()
  const first = wheel.set(10, () => wheel.clear(second))
  const second = wheel.set(10, note('cleared'))
  wheel.set(10, note('kept'))
  clock.advance(100)
  wheel.clear(first)
  wheel.clear(first)
  expect(fired).toEqual(['kept at 100'])
  expect(wheel.size).toBe(0)
})

test('a timer that sets itself anew with 0 gives the others their turn', () => {
  const { clock, wheel, fired, note } = stage()
  let times = 0
  const again = () => {
    times++
    wheel.set(0, again)
  }
  wheel.set(0, again)
  wheel.set(50, note('other'))
  clock.advance(300)
  expect([times, ...fired]).toEqual([3, 'other at 100'])
})

test('one that throws does not stop the others, and is reported', () => {
  const reported: unknown[] = []
  const { clock, wheel, fired, note } = stage((error) => reported.push(error))
  const failure = new Error('a heartbeat failed')
  wheel.set(10, () => {
    throw failure
  })
  wheel.set(10, note('same tick'))
  wheel.set(110, note('next tick'))
  clock.advance(200)
  expect(fired).toEqual(['same tick at 100', 'next tick at 200'])
  expect(reported).toEqual([failure])
})

test('Infinity never fires, and what is no delay at all counts as 0', () => {
  const { clock, wheel, fired, note } = stage()
  wheel.set(Number.POSITIVE_INFINITY, note('never'))
  wheel.set(Number.NaN, note('not a number'))
  wheel.set(-5, note('past'))
  clock.advance(24 * 60 * 60_000)
  expect(fired).toEqual(['not a number at 100', 'past at 100'])
  expect(wheel.size).toBe(1)
})

test('a stopped wheel fires nothing any more, neither the rest of the tick nor what is set afterwards', () => {
  const { clock, wheel, fired, note } = stage()
  wheel.set(10, () => wheel.stop())
  wheel.set(10, note('same tick'))
  wheel.set(500, note('later'))
  clock.advance(100)
  wheel.clear(wheel.set(10, note('afterwards')))
  wheel.set(10, note('afterwards'))
  clock.advance(10_000)
  expect([fired, wheel.size, clock.pending]).toEqual([[], 0, 0])
})

test('a deadline does not count the time in which the process was blocked', () => {
  const fired: string[] = []
  let now = 0
  let wake = () => {}
  const clock = { now: () => now, setTimeout: (run: () => void) => (wake = run), clearTimeout: () => {} }
  const wheel = new TimerWheel(clock)
  wheel.set(1_000, () => fired.push('beat'))
  wheel.setDeadline(2_000, () => fired.push('soon'))
  wheel.setDeadline(20_000, () => fired.push('later'))
  now = 30_000
  wake()
  expect([fired, wheel.size]).toEqual([['beat'], 2])
  now = 30_900
  wake()
  expect(fired).toEqual(['beat'])
  now = 31_000
  wake()
  expect(fired).toEqual(['beat', 'soon'])
  for (now = 31_100; now < 49_000; now += 100) wake()
  expect(fired).toEqual(['beat', 'soon'])
  wake()
  expect(fired).toEqual(['beat', 'soon', 'later'])
})
