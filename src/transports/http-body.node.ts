/**
 * A Node stream as an {@link HttpBody}: 'data' events go straight to the reader, no promise and no copy in between.
 *
 * @module
 */
import type { Readable } from 'node:stream'
import { asTransportError, TransportError } from '../errors.ts'
import { type HttpBody, requestFailure } from './http-answer.ts'
import type { PreparedRequest } from './request.ts'

/** What differs between HTTP/1.1 and HTTP/2. */
export interface ReadableBodyOptions {
  readonly request: PreparedRequest
  readonly stream: Readable
  /** Whether an 'end' is the peer's own: both `node:http` and `node:http2` can emit it after a cut. */
  intact(): boolean
  /** Lets go of the connection or the stream. */
  destroy(): void
}

interface Reader {
  onChunk(chunk: Uint8Array): boolean
  resolve(more: boolean): void
  reject(failure: TransportError): void
}

/** Takes the stream over; it must not have been read before. */
export function readableBody({ request, stream, intact, destroy }: ReadableBodyOptions): HttpBody {
  let reader: Reader | undefined
  let outcome: 'open' | 'ended' | TransportError = 'open'
  let cancelled = false

  const settle = (how: (waiting: Reader) => void): void => {
    const waiting = reader
    reader = undefined
    if (waiting !== undefined) how(waiting)
  }
  const fail = (failure: TransportError): void => {
    if (outcome !== 'open') return
    outcome = failure
    settle((waiting) => waiting.reject(failure))
  }
  const broken = (cause?: unknown): void => {
    const aborted = request.signal.aborted
    const sentence = aborted ? 'The answer was abandoned.' : 'The connection broke before the answer was complete.'
    fail(requestFailure(request, aborted ? 'aborted' : 'network', sentence, { cause }))
  }

  // Paused before anybody listens, or the listener would set it flowing.
  stream.pause()
  stream.on('data', (chunk: Uint8Array) => {
    if (reader === undefined) return
    let more = false
    try {
      more = reader.onChunk(chunk)
    } catch (thrown) {
      fail(asTransportError(thrown))
      return destroy()
    }
    if (more || reader === undefined) return
    stream.pause()
    settle((waiting) => waiting.resolve(true))
  })
  stream.on('end', () => {
    if (!intact()) return broken()
    if (outcome !== 'open') return
    outcome = 'ended'
    settle((waiting) => waiting.resolve(false))
  })
  stream.on('error', broken)
  stream.on('close', () => broken())

  return {
    read(onChunk) {
      if (outcome === 'ended') return Promise.resolve(false)
      if (outcome !== 'open') {
        // What had arrived before the cut is still in the stream's buffer, and still the reader's.
        for (let chunk = stream.read(); chunk !== null && !cancelled; chunk = stream.read()) {
          if (!onChunk(chunk)) return Promise.resolve(true)
        }
        return Promise.reject(outcome)
      }
      return new Promise((resolve, reject) => {
        reader = { onChunk, resolve, reject }
        stream.resume()
      })
    },
    cancel() {
      if (cancelled) return
      cancelled = true
      fail(new TransportError('aborted', 'The answer was abandoned.', { repeatable: request.repeatable }))
      destroy()
    },
  }
}
