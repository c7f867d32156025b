/**
 * A Node stream as an {@link HttpBody}: 'data' events go straight to the reader, no promise and no copy in between.
 *
 * @module
 */
import type { Readable } from 'node:stream'
import { asTransportError, TransportError } from '../errors.ts'
import type { HttpBody } from './http-answer.ts'
import type { PreparedRequest } from './request.ts'

/** What differs between HTTP/1.1 and HTTP/2. */
export interface BodySource {
  readonly stream: Readable
  /** Whether an 'end' is the peer's own: both `node:http` and `node:http2` can emit it after a cut. */
  intact(): boolean
  /** Lets go of the connection or the stream. */
  destroy(): void
}

/** Takes the stream over; it must not have been read before. The request's signal ends it, until somebody owns the body. */
export class ReadableBody implements HttpBody {
  readonly #source: BodySource
  readonly #repeatable: boolean
  #onChunk: ((chunk: Uint8Array) => boolean) | undefined
  /** Ends the pending read. A failure goes in as a rejected promise: keeping `reject` too would cost another closure. */
  #settle: ((outcome: boolean | Promise<never>) => void) | undefined
  #outcome: 'open' | 'ended' | TransportError = 'open'
  #cancelled = false
  #unfollow: (() => void) | undefined

  constructor({ repeatable, signal }: Pick<PreparedRequest, 'repeatable' | 'signal'>, source: BodySource) {
    this.#source = source
    this.#repeatable = repeatable
    this.#listen(source.stream)
    this.#follow(signal)
  }

  /** Apart from the constructor, whose scope holds the signal: these closures live as long as the stream. */
  #listen(stream: Readable): void {
    // Paused before anybody listens, or the listener would set it flowing.
    stream.pause()
    stream.on('data', (chunk: Uint8Array) => this.#take(chunk))
    stream.on('end', () => this.#end())
    stream.on('error', (cause) => this.#broken(cause))
    stream.on('close', () => this.#broken())
  }

  #follow(signal: AbortSignal): void {
    const abort = (): void => this.cancel()
    signal.addEventListener('abort', abort)
    this.#unfollow = () => signal.removeEventListener('abort', abort)
    if (signal.aborted) abort()
  }

  own(): void {
    this.#unfollow?.()
    this.#unfollow = undefined
  }

  read(onChunk: (chunk: Uint8Array) => boolean): Promise<boolean> {
    const { stream } = this.#source
    if (this.#outcome === 'ended') return Promise.resolve(false)
    if (this.#outcome !== 'open') {
      // What had arrived before the cut is still in the stream's buffer, and still the reader's.
      for (let chunk = stream.read(); chunk !== null && !this.#cancelled; chunk = stream.read()) {
        if (!onChunk(chunk)) return Promise.resolve(true)
      }
      return Promise.reject(this.#outcome)
    }
    return new Promise((resolve) => {
      this.#onChunk = onChunk
      this.#settle = resolve
      stream.resume()
    })
  }

  cancel(): void {
    if (this.#cancelled) return
    this.#cancelled = true
    this.#fail(() => new TransportError('aborted', 'The answer was abandoned.', { repeatable: this.#repeatable }))
    this.#source.destroy()
  }

  #take(chunk: Uint8Array): void {
    if (this.#onChunk === undefined) return
    let more = false
    try {
      more = this.#onChunk(chunk)
    } catch (thrown) {
      this.#fail(() => asTransportError(thrown))
      this.#source.destroy()
      return
    }
    if (more || this.#onChunk === undefined) return
    this.#source.stream.pause()
    this.#finish(true)
  }

  #end(): void {
    if (!this.#source.intact()) this.#broken()
    if (this.#outcome !== 'open') return
    this.#outcome = 'ended'
    this.#finish(false)
  }

  #broken(cause?: unknown): void {
    this.own()
    const sentence = 'The connection broke before the answer was complete.'
    this.#fail(() => new TransportError('network', sentence, { cause, repeatable: this.#repeatable }))
  }

  /** An error is dear, for its stack: none is made that nobody will see. */
  #fail(failure: () => TransportError): void {
    if (this.#outcome !== 'open') return
    this.#outcome = failure()
    if (this.#settle !== undefined) this.#finish(Promise.reject(this.#outcome))
  }

  #finish(outcome: boolean | Promise<never>): void {
    const settle = this.#settle
    this.#onChunk = this.#settle = undefined
    settle?.(outcome)
  }
}
