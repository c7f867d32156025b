import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Environment } from './environment-source.ts'
import { pageEnvironment } from './page-environment.ts'
import { withPlatform } from './surroundings.ts'

let environment: Environment
let heard: string[]
let leave: () => void
/** Listeners that are there at this moment, by event. */
let listeners: string[]
let putBack: (() => void)[]

/** Counts what is added to and removed from a target. */
function watch(target: EventTarget): void {
  const add = vi.spyOn(target, 'addEventListener').mockImplementation((type, listener) => {
    listeners.push(type)
    EventTarget.prototype.addEventListener.call(target, type, listener)
  })
  const remove = vi.spyOn(target, 'removeEventListener').mockImplementation((type, listener) => {
    listeners.splice(listeners.indexOf(type), 1)
    EventTarget.prototype.removeEventListener.call(target, type, listener)
  })
  putBack.push(
    () => add.mockRestore(),
    () => remove.mockRestore(),
  )
}

function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { configurable: true, get: () => value })
  putBack.push(() => Reflect.deleteProperty(target, name))
}

beforeEach(() => {
  // Date and timers, and not `performance`: a machine that sleeps stops that clock.
  vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] })
  listeners = []
  putBack = []
  heard = []
  watch(window)
  watch(document)
  const found = pageEnvironment()
  if (found === undefined) throw new Error('A browser has an environment.')
  environment = found
  leave = environment.subscribe(({ type }) => heard.push(type))
})

afterEach(() => {
  leave()
  for (const put of putBack) put()
  vi.useRealTimers()
})

test('all connections of a page share one environment', () => {
  expect(pageEnvironment()).toBe(environment)
  const before = listeners.length
  const other = environment.subscribe(() => {})
  expect(listeners).toHaveLength(before)
  other()
  expect(listeners).toHaveLength(before)
})

test('online and offline of the window are heard, and said at most once a second', () => {
  window.dispatchEvent(new Event('offline'))
  window.dispatchEvent(new Event('online'))
  expect(heard).toEqual(['network.offline'])
  vi.advanceTimersByTime(999)
  expect(heard).toEqual(['network.offline'])
  vi.advanceTimersByTime(1)
  expect(heard).toEqual(['network.offline', 'network.online'])
})

test('visibility is read when it changes', () => {
  define(document, 'visibilityState', 'hidden')
  document.dispatchEvent(new Event('visibilitychange'))
  expect(environment.current().page).toBe('hidden')
  define(document, 'visibilityState', 'visible')
  document.dispatchEvent(new Event('visibilitychange'))
  expect(heard).toEqual(['page.hidden', 'page.visible'])
  expect(environment.current().page).toBe('visible')
})

test('the focus is a look at the page', () => {
  window.dispatchEvent(new Event('focus'))
  expect(heard).toEqual([`page.${environment.current().page}`])
})

test.each([
  ['pagehide', 'pageshow', () => window],
  ['freeze', 'resume', () => document],
] as const)('between %s and %s nothing is said; then that the page was away', (before, after, target) => {
  target().dispatchEvent(new Event(before))
  window.dispatchEvent(new Event('focus'))
  expect(heard).toEqual([])
  target().dispatchEvent(new Event(after))
  expect(heard).toEqual([`page.${environment.current().page}`, 'page.wake'])
})

test('a page that shows for the first time was not away', () => {
  window.dispatchEvent(new Event('pageshow'))
  expect(heard).toEqual([])
})

test('a network of another kind is a change, where the platform tells of it', () => {
  const { connection } = navigator as unknown as { connection?: EventTarget }
  connection?.dispatchEvent(new Event('change'))
  expect(heard).toEqual(connection?.addEventListener === undefined ? [] : ['network.online'])
})

test('a wall clock more than 10 s ahead of the monotonic one is a sleep, a smaller difference is none', () => {
  let monotonic = 0
  const performanceNow = vi.spyOn(performance, 'now').mockImplementation(() => monotonic)
  putBack.push(() => performanceNow.mockRestore())
  leave()
  leave = environment.subscribe(({ type }) => heard.push(type))
  const look = (wallAhead: number): void => {
    monotonic += 5_000
    vi.setSystemTime(Date.now() + wallAhead)
    vi.advanceTimersByTime(5_000)
  }
  look(0)
  look(10_000)
  look(-60_000)
  expect(heard).toEqual([])
  look(10_001)
  expect(heard).toEqual(['page.wake'])
  look(0)
  expect(heard).toEqual(['page.wake'])
})

test('a timer of a visible page that comes more than 10 s late is a sleep, one of a hidden page is throttled', () => {
  let monotonic = 0
  const performanceNow = vi.spyOn(performance, 'now').mockImplementation(() => monotonic)
  putBack.push(() => performanceNow.mockRestore())
  leave()
  leave = environment.subscribe(({ type }) => heard.push(type))
  const look = (late: number): void => {
    monotonic += 5_000 + late
    vi.setSystemTime(Date.now() + late)
    vi.advanceTimersByTime(5_000)
  }
  define(document, 'visibilityState', 'visible')
  look(10_000)
  expect(heard).toEqual([])
  look(10_001)
  expect(heard).toEqual(['page.wake'])
  define(document, 'visibilityState', 'hidden')
  look(60_000)
  expect(heard).toEqual(['page.wake'])
})

test('after the last one has left no listener and no timer is there', () => {
  expect([...listeners].sort()).toEqual([
    'focus',
    'freeze',
    'offline',
    'online',
    'pagehide',
    'pageshow',
    'resume',
    'visibilitychange',
  ])
  expect(vi.getTimerCount()).toBe(1)
  leave()
  expect(listeners).toEqual([])
  expect(vi.getTimerCount()).toBe(0)
  window.dispatchEvent(new Event('offline'))
  document.dispatchEvent(new Event('visibilitychange'))
  expect(heard).toEqual([])
})

test('the environment is handed over once its code is there, unless nobody wants it any more', async () => {
  const entered: Environment[] = []
  withPlatform((platform) => entered.push(platform))()
  await new Promise<void>((resolve) => {
    withPlatform((platform) => {
      entered.push(platform)
      resolve()
    })
  })
  expect(entered).toEqual([environment])
})
