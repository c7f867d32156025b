/**
 * The environment of a web page (or of a worker): network, visibility, focus, freezing and sleep.
 *
 * @module
 */
import type { EnvironmentSignal } from '../../machines/environment-types.ts'
import { createEnvironment, type Environment, type SignalSource } from './environment-source.ts'

/** How often wall clock and monotonic clock are compared, in milliseconds. */
const LOOK_EVERY = 5_000

/** More than this missing between two looks is sleep, in milliseconds (wire.md 2.6). Throttled timers come late on both clocks. */
const SLEPT = 10_000

const signalOf: Readonly<Record<string, () => EnvironmentSignal>> = {
  online: () => ({ type: 'network', network: 'online' }),
  offline: () => ({ type: 'network', network: 'offline' }),
  // Of `navigator.connection`: another network, though we may never have been offline.
  change: () => ({ type: 'network', network: networkNow() }),
  visibilitychange: () => ({ type: 'page', page: pageNow() }),
  focus: () => ({ type: 'focus' }),
  freeze: () => ({ type: 'frozen' }),
  pagehide: () => ({ type: 'frozen' }),
  resume: () => ({ type: 'resumed' }),
  pageshow: () => ({ type: 'resumed' }),
}

function networkNow(): 'online' | 'offline' {
  // Deno and some workers have no `onLine`: unknown is online.
  return globalThis.navigator?.onLine === false ? 'offline' : 'online'
}

function pageNow(): 'visible' | 'hidden' {
  return globalThis.document?.visibilityState === 'hidden' ? 'hidden' : 'visible'
}

const page: SignalSource = {
  current: () => ({ network: networkNow(), page: pageNow() }),
  listen(send) {
    const heard = ({ type }: Event): void => {
      const signal = signalOf[type]
      if (signal !== undefined) send(signal())
    }
    const { connection } = (globalThis.navigator ?? {}) as { connection?: EventTarget }
    const sources: [EventTarget | undefined, string[]][] = [
      [globalThis.window ?? globalThis, ['online', 'offline', 'focus', 'pagehide', 'pageshow']],
      [globalThis.document, ['visibilitychange', 'freeze', 'resume']],
      [connection, ['change']],
    ]
    for (const [target, types] of sources) for (const type of types) target?.addEventListener?.(type, heard)
    const stopLooking = lookForSleep(() => send({ type: 'slept' }))
    return () => {
      stopLooking()
      for (const [target, types] of sources) for (const type of types) target?.removeEventListener?.(type, heard)
    }
  },
}

/**
 * A machine that slept wakes with its wall clock ahead of its monotonic one; where the monotonic clock counts sleep as well
 * (Windows), a visible page's timer comes far too late. A clock that was set looks like sleep: it costs one probe.
 */
function lookForSleep(slept: () => void): () => void {
  let wall = Date.now()
  let monotonic = performance.now()
  const timer = setInterval(() => {
    const wallPassed = Date.now() - wall
    const passed = performance.now() - monotonic
    wall += wallPassed
    monotonic += passed
    const late = pageNow() === 'visible' && passed - LOOK_EVERY > SLEPT
    if (wallPassed - passed > SLEPT || late) slept()
  }, LOOK_EVERY)
  return () => clearInterval(timer)
}

let shared: Environment | undefined

/** The page's own environment, one for all connections; nothing where there are no events to hear. */
export function pageEnvironment(): Environment | undefined {
  if (typeof globalThis.addEventListener !== 'function') return undefined
  shared ??= createEnvironment(page)
  return shared
}
