#!/usr/bin/env node
/**
 * The command `statewire`: the process around {@link run}.
 *
 * @module
 */
import { exitCodes } from './exit-codes.ts'
import { run } from './run.ts'

/** What a peer is given to answer our close before the process leaves, in ms. */
const GRACE = 1_000

const interrupted = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // The second time somebody is impatient.
    if (interrupted.signal.aborted) process.exit(exitCodes.interrupted)
    interrupted.abort()
  })
}

process.exitCode = await run(process.argv.slice(2), {
  // Touched only when it is read: a terminal's stdin would otherwise be opened for nothing.
  get stdin() {
    return process.stdin
  },
  stdout: process.stdout,
  stderr: process.stderr,
  signal: interrupted.signal,
  onHangup(listener) {
    process.on('SIGHUP', listener)
    return () => process.off('SIGHUP', listener)
  },
  environment: process.env,
  now: Date.now,
})

// Nothing is left to do; a socket in its closing handshake may hold the process a moment longer, a silent peer may not.
setTimeout(() => process.exit(), GRACE).unref()
