/**
 * Stdout with its three ways to disappoint: full, closed by its reader, failing.
 *
 * @module
 */
import type { Writable } from 'node:stream'

/** Why nothing more can be written. `closed`: the reader went away, as `head` does when it has enough. */
export type OutputEnd = 'closed' | 'failed'

export interface OutputEvents {
  /** Nothing more is wanted until `drained`. */
  full(): void
  drained(): void
  ended(how: OutputEnd): void
}

export interface Output {
  write(chunk: string | Uint8Array): void
  /** Resolves when everything written has been taken, or never can be. */
  flush(): Promise<void>
}

/** Watches the stream from now on; its errors never reach the process. */
export function openOutput(stream: Writable, events: OutputEvents): Output {
  let state: 'open' | 'full' | 'ended' = 'open'
  stream.on('error', (error: Error & { code?: string }) => {
    if (state === 'ended') return
    state = 'ended'
    // A socket instead of a pipe reports a reader who left as a reset.
    events.ended(error.code === 'EPIPE' || error.code === 'ECONNRESET' ? 'closed' : 'failed')
  })
  stream.on('drain', () => {
    if (state !== 'full') return
    state = 'open'
    events.drained()
  })
  return {
    write(chunk) {
      if (state === 'ended' || stream.write(chunk) || state !== 'open') return
      state = 'full'
      events.full()
    },
    flush() {
      if (state === 'ended') return Promise.resolve()
      return new Promise((resolve) => {
        // An error is told to the callback too.
        stream.write('', () => resolve())
      })
    },
  }
}
