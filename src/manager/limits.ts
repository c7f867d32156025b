/**
 * How much one manager takes on. Each check is a comparison of counters, however many connections there are.
 *
 * @module
 */
import { sizeOf } from '../codecs/size-of.ts'
import { TransportError } from '../errors.ts'

/** What is beyond a limit is refused with `limit_reached`; what is there already is not disturbed. */
export interface ManagerLimits {
  /** Connections at the same time. Default 10,000. */
  readonly connections?: number | undefined
  /** Connections to one origin at the same time. Default: no limit. */
  readonly perOrigin?: number | undefined
  /** Connections opened within any second. Default: no limit. */
  readonly opensPerSecond?: number | undefined
  /** Bytes of all sends together that are not settled; texts count by their length, values by nothing. Default: no limit. */
  readonly bufferedBytes?: number | undefined
}

export class Limits {
  readonly #most: Required<{ readonly [Name in keyof ManagerLimits]: number }>
  readonly #origins = new Map<string, number>()
  /** When the last opens were: a ring of as many as a second may have. */
  readonly #opens: number[] = []
  #next = 0
  #connections = 0
  #bytes = 0

  /** @throws TransportError `bad_option` */
  constructor({ bufferedBytes, connections, opensPerSecond, perOrigin }: ManagerLimits = {}) {
    const none = Number.POSITIVE_INFINITY
    this.#most = {
      connections: connections ?? 10_000,
      perOrigin: perOrigin ?? none,
      opensPerSecond: opensPerSecond ?? none,
      bufferedBytes: bufferedBytes ?? none,
    }
    for (const [name, value] of Object.entries(this.#most)) {
      const whole = Number.isSafeInteger(value) || value === none
      if (!whole || value < 1)
        throw new TransportError('bad_option', `Option limits.${name} must be a whole number above 0.`)
    }
  }

  get connections(): number {
    return this.#connections
  }

  get bufferedBytes(): number {
    return this.#bytes
  }

  /**
   * Counts one more connection.
   *
   * @throws TransportError `limit_reached`
   */
  enter(origin: string, now: number): void {
    const { connections, opensPerSecond, perOrigin } = this.#most
    const there = this.#origins.get(origin) ?? 0
    if (this.#connections >= connections) {
      throw beyond('connections', connections, 'Close one that is not needed, or raise the limit.')
    }
    if (there >= perOrigin) {
      throw beyond('perOrigin', perOrigin, 'Share a connection by its key, or close one to this origin.')
    }
    const earliest = this.#opens[this.#next]
    if (opensPerSecond !== Number.POSITIVE_INFINITY) {
      if (earliest !== undefined && now - earliest < 1_000) {
        const pause = Math.ceil(earliest + 1_000 - now)
        throw beyond('opensPerSecond', opensPerSecond, `Try again in ${pause} ms.`, pause)
      }
      this.#opens[this.#next] = now
      this.#next = (this.#next + 1) % opensPerSecond
    }
    this.#connections += 1
    this.#origins.set(origin, there + 1)
  }

  /** One of them is gone. */
  leave(origin: string): void {
    this.#connections -= 1
    const left = (this.#origins.get(origin) ?? 1) - 1
    if (left === 0) this.#origins.delete(origin)
    else this.#origins.set(origin, left)
  }

  /** Sends what fits into the bytes that may wait; what does not is refused before anything is queued. */
  send(data: unknown, send: () => Promise<void>): Promise<void> {
    const { bufferedBytes } = this.#most
    if (bufferedBytes === Number.POSITIVE_INFINITY) return send()
    const size = sizeOf(data)
    if (this.#bytes + size > bufferedBytes) {
      return Promise.reject(beyond('bufferedBytes', bufferedBytes, 'Wait for earlier sends to settle.'))
    }
    this.#bytes += size
    return send().finally(() => {
      this.#bytes -= size
    })
  }
}

function beyond(name: keyof ManagerLimits, most: number, advice: string, retryAfterMs?: number): TransportError {
  const facts = retryAfterMs === undefined ? {} : { retryAfterMs }
  return new TransportError('limit_reached', `The manager's limit ${name} of ${most} is reached. ${advice}`, facts)
}
