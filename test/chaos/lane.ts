/**
 * One direction of one connection: bytes wait here until they are let through.
 *
 * @module
 */
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises'
import type { Cut } from './blows.ts'
import type { Weather } from './weather.ts'

/** Bytes that have come in together. */
interface Chunk {
  readonly bytes: Buffer
  /** So many of them are a head. */
  readonly head: number
}

export interface LaneOptions {
  readonly from: Socket
  readonly to: Socket
  readonly weather: () => Weather
  /** How many of these bytes are a head. */
  headOf(bytes: Buffer): number
  /** Asked before bytes are passed on, of which the first `head` are a head. */
  cutIn(length: number, head: number): Cut | null
  /** What was allowed has been passed on; the lane is held with the rest. */
  cut(ending: Cut['ending']): void
}

/** Beyond this the sender has to wait, as behind a real bottleneck. */
const MOST_WAITING = 256 * 1024

/** `open`: bytes move. `held`: they wait. `over`: none will ever move. */
type State = 'open' | 'held' | 'over'

export class Lane {
  readonly #options: LaneOptions
  readonly #waiting: Chunk[] = []
  #bytes = 0
  #passed = 0
  #state: State = 'open'
  #ended = false
  #running = false

  constructor(options: LaneOptions) {
    this.#options = options
    const { from } = options
    from.on('data', (bytes: Buffer) => this.#take(bytes))
    from.on('close', () => this.#end())
    from.on('end', () => this.#end())
  }

  /** Lets nothing through until {@link release}. */
  hold(): void {
    if (this.#state === 'open') this.#state = 'held'
  }

  release(): void {
    if (this.#state !== 'held') return
    this.#state = 'open'
    void this.#run()
  }

  /** Drops what waits and all that comes. Answers what was dropped. */
  stop(): Buffer {
    this.#state = 'over'
    this.#options.from.resume()
    return Buffer.concat(this.#waiting.splice(0).map(({ bytes }) => bytes))
  }

  #take(bytes: Buffer): void {
    const head = this.#options.headOf(bytes)
    if (this.#state === 'over') return
    this.#waiting.push({ bytes, head })
    this.#bytes += bytes.length
    if (this.#bytes > MOST_WAITING) this.#options.from.pause()
    void this.#run()
  }

  #end(): void {
    this.#ended = true
    void this.#run()
  }

  /** Never rejects: it is called from socket handlers. */
  async #run(): Promise<void> {
    if (this.#running) return
    this.#running = true
    while (this.#state === 'open' && this.#waiting.length > 0) await this.#step()
    this.#running = false
    if (this.#ended && this.#state === 'open') this.#options.to.destroySoon()
  }

  async #step(): Promise<void> {
    const { from, to, cutIn, cut } = this.#options
    const weather = this.#options.weather()
    await this.#endure(weather)
    const [chunk] = this.#waiting
    // While it waited somebody may have ended it.
    if (chunk === undefined || this.#state !== 'open') return
    const size = Math.min(chunk.bytes.length, weather.piece(this.#passed), Math.ceil(weather.pace))
    const piece = chunk.bytes.subarray(0, size)
    const due = cutIn(size, Math.min(size, chunk.head))
    if (due !== null) {
      this.#consume(chunk, due.at)
      this.#state = 'held'
      // An RST overtakes what the socket has not taken yet, so that it waits for the last byte.
      if (due.at === 0 || !to.writable) cut(due.ending)
      else to.write(piece.subarray(0, due.at), () => cut(due.ending))
      return
    }
    this.#consume(chunk, size)
    if (this.#bytes <= MOST_WAITING) from.resume()
    if (to.writable && !to.write(piece)) await drained(to)
    if (size < chunk.bytes.length) await turn()
  }

  async #endure({ delay, pauseAt, pause, pace, piece }: Weather): Promise<void> {
    if (this.#passed === 0 && delay > 0) await wait(delay)
    const next = this.#passed + Math.min(piece(this.#passed), this.#waiting[0]?.bytes.length ?? 0)
    if (pauseAt >= this.#passed && pauseAt < next) await wait(pause)
    if (Number.isFinite(pace)) await wait(1)
  }

  #consume(chunk: Chunk, size: number): void {
    this.#bytes -= size
    this.#passed += size
    if (size === chunk.bytes.length) this.#waiting.shift()
    else this.#waiting[0] = { bytes: chunk.bytes.subarray(size), head: Math.max(0, chunk.head - size) }
  }
}

/** Resolves when the socket takes more, or nothing any more. */
async function drained(to: Socket): Promise<void> {
  const settled = new AbortController()
  const { signal } = settled
  await Promise.race([once(to, 'drain', { signal }), once(to, 'close', { signal })]).catch(() => {})
  // The other one would wait for as long as the socket lives.
  settled.abort()
}
