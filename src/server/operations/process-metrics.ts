/**
 * The figures of this process: CPU, memory, open files, garbage collection, and the delay of the event loop.
 *
 * @module
 */

import { setTimeout as wait } from 'node:timers/promises'
import { collectDefaultMetrics, Registry } from 'prom-client'

/** The delay of the event loop is sampled each 10 ms, and is no number before the first two samples. */
const FIRST_SAMPLES_MS = 50

/**
 * Reading the delay begins it anew. A second reader right after the first, or for a second server, would find
 * `min 9223372036` and `mean NaN`: it gets what the first one got.
 */
const FRESH_MS = 1_000

let started: Promise<Registry> | null = null
let latest: { readonly at: number; readonly text: Promise<string> } | null = null

/**
 * The figures, as Prometheus reads them. All servers of a process share them. Watching begins with the first call, because it
 * costs 100 wake-ups a second and cannot be ended: who never asks does not pay.
 */
export function processMetrics(): Promise<string> {
  const now = performance.now()
  if (latest === null || now - latest.at > FRESH_MS) latest = { at: now, text: read() }
  return latest.text
}

async function read(): Promise<string> {
  started ??= start()
  return (await started).metrics()
}

async function start(): Promise<Registry> {
  const register = new Registry()
  collectDefaultMetrics({ register })
  await wait(FIRST_SAMPLES_MS)
  return register
}
