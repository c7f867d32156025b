/**
 * Reads a stream with `EventSource`, which reconnects by itself from the last `id:` it has seen.
 *
 * @module
 */
import { parentPort, workerData } from 'node:worker_threads'
import type { Told } from './event-source.ts'

const source = new EventSource(String(workerData))

// The timer of a reconnection does not keep a thread alive; a port that is listened to does.
parentPort?.on('message', () => source.close())

/** Data that no control event has confirmed yet: it has no position, and comes again after a cut. */
let unconfirmed: unknown[] = []

source.onopen = () => {
  unconfirmed = []
}
source.addEventListener('data', ({ data }) => unconfirmed.push(...JSON.parse(data)))
source.addEventListener('control', () => {
  for (const record of unconfirmed) tell({ record })
  unconfirmed = []
})
source.onerror = () => {
  if (source.readyState === EventSource.CLOSED) tell({ closed: 'The EventSource has closed for good.' })
}

function tell(told: Told): void {
  parentPort?.postMessage(told)
}
