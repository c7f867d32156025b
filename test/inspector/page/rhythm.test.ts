import { beforeEach, describe, expect, test } from 'vitest'
import { createClocks } from '../../../inspector/page/clocks.ts'
import { createRhythm } from '../../../inspector/page/rhythm.ts'
import type { AppView } from '../../../inspector/session/view.ts'

let time: number
let frames: (() => void)[]
let laters: (() => void)[]
const rhythmHere = () =>
  createRhythm({ frame: (paint) => frames.push(paint), now: () => time, later: (callback) => laters.push(callback) })
const paint = (): void => {
  for (const frame of frames.splice(0)) frame()
}

beforeEach(() => {
  time = 1_000
  frames = []
  laters = []
})

describe('the page', () => {
  test('is repainted once for all that is told between two frames', () => {
    const rhythm = rhythmHere()
    for (let told = 0; told < 100; told += 1) rhythm.tell()
    expect(frames).toHaveLength(1)
    paint()
    expect([rhythm.told.value, rhythm.logTold.value]).toEqual([1, 1])
    expect(frames).toHaveLength(0)
  })

  test('repaints rows at most eight times a second when nobody could read them', () => {
    const rhythm = rhythmHere()
    let logs = 0
    rhythm.logTold.subscribe(() => {
      logs += 1
    })
    const before = logs
    for (let frame = 0; frame < 60; frame += 1) {
      rhythm.count(20)
      rhythm.tell()
      time += 1_000 / 60
      paint()
    }
    for (let frame = 0; frame < 60; frame += 1) {
      rhythm.count(20)
      rhythm.tell()
      time += 1_000 / 60
      paint()
    }
    expect(rhythm.told.value).toBe(120)
    // The first half second is slow enough to be read.
    expect(logs - before).toBeLessThanOrEqual(30 + 8 + 4)
    expect(logs - before).toBeGreaterThan(10)
  })

  test('tells the rows once more after the flood, so that the newest are seen', () => {
    const rhythm = rhythmHere()
    rhythm.count(10_000)
    rhythm.tell()
    paint()
    time += 16
    rhythm.tell()
    paint()
    expect(rhythm.logTold.value).toBe(1)
    time += 200
    paint()
    expect(rhythm.logTold.value).toBeGreaterThan(1)
    expect(frames).toHaveLength(0)
  })

  test('sees the rate fall to nothing when nothing is told any more', () => {
    const rhythm = rhythmHere()
    rhythm.count(30)
    rhythm.tell()
    paint()
    expect(rhythm.rate.value).toBe(30)
    time += 1_200
    for (const later of laters.splice(0)) later()
    expect(rhythm.rate.value).toBe(0)
    expect(laters).toHaveLength(0)
  })
})

const app: AppView = { key: 'a', name: 'a', runtime: 'node', state: 'here', epoch: 0, now: 500, dropped: 0 }

test('an app’s time goes on between its messages, and stands still when it has gone', () => {
  const clocks = createClocks(() => time)
  clocks.hear([app])
  time += 250
  expect(clocks.now(app)).toBe(750)
  expect(clocks.now({ ...app, state: 'gone' })).toBe(500)
  // A message that was late does not turn time back.
  clocks.hear([{ ...app, now: 600 }])
  expect(clocks.now({ ...app, now: 600 })).toBe(750)
  expect(clocks.now(undefined)).toBe(0)
})
