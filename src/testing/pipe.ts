/**
 * The way of an answer's bytes to its socket, and everything that can be wrong with it: cut, stalled, split, slow, gone.
 *
 * @module
 */
import type { Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import type { Ticker } from './ticker.ts'

/** What happens at a byte: `reset` sends RST, `finish` sends FIN, `stall` says nothing more, `vanish` is a cable pulled. */
export type Fault = 'reset' | 'finish' | 'stall' | 'vanish'

/** Where bytes are counted from: the first of the answer, or the first behind its head (behind the handshake on a WebSocket). */
export type Origin = 'answer' | 'body'

export interface Limit {
  readonly at: number
  readonly of: Origin
  readonly fault: Fault
}

/**
 * How an exchange ended: the protocol's own end or ours (`finished`), a fault we made (`cut` is an early FIN, `reset` an RST),
 * the client's leaving (`left`), or the closing of the server (`abandoned`).
 */
export type Ended = 'finished' | 'cut' | 'reset' | 'left' | 'abandoned'

/** `limited`: the last bytes before a limit are on their way, and nothing behind them counts. */
export type PipeState = 'open' | 'limited' | 'stalled' | 'vanished'

const settled = Promise.resolve()

/** One answer's bytes. Writing to a pipe that is over, or that has fallen silent, does nothing: a script need not look first. */
export class Pipe {
  readonly socket: Socket
  readonly #ticker: Ticker
  readonly #changed: () => void
  readonly #closed: Promise<void>
  #limit: Limit | null = null
  #pieces: readonly number[] = []
  #pace = Number.POSITIVE_INFINITY
  #state: PipeState = 'open'
  #submitted = 0
  #bodyAt: number | null = null
  /** The last of the slowed or split writes: they keep their order. */
  #tail: Promise<void> | null = null
  /** How it ended; `null` while it lives. */
  ended: Ended | null = null

  constructor(socket: Socket, ticker: Ticker, changed: () => void) {
    this.socket = socket
    this.#ticker = ticker
    this.#changed = changed
    this.#closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.end('left')
        resolve()
      })
    })
  }

  /** Bytes written so far, the head included. */
  get written(): number {
    return this.#submitted
  }

  /** Whether its reader takes no more: the socket's buffers are full. */
  get blocked(): boolean {
    return this.socket.writableNeedDrain
  }

  get state(): PipeState {
    return this.#state
  }

  limit(limit: Limit): void {
    this.#limit = limit
    if (this.#room() === 0) void this.#reachLimit(settled)
  }

  /** Hands the socket pieces of these sizes, each in a turn of its own; the last size repeats. */
  split(sizes: readonly number[]): void {
    this.#pieces = sizes
  }

  /** At most so many bytes a tick. */
  slow(bytes: number): void {
    this.#pace = bytes
  }

  /** From here on it is the body. */
  beginBody(): void {
    this.#bodyAt = this.#submitted
    if (this.#room() === 0) void this.#reachLimit(this.#tail ?? settled)
  }

  /** Resolves when the socket will take more. */
  write(bytes: Uint8Array): Promise<void> {
    if (this.#state !== 'open' || this.ended !== null) return settled
    const room = this.#room()
    const part = bytes.length > room ? bytes.subarray(0, room) : bytes
    this.#submitted += part.length
    const done = this.#put(part)
    return part.length === room ? this.#reachLimit(done) : done
  }

  /** FIN, after everything written. `finished` is an end, which who has fallen silent cannot say any more; `cut` is a fault. */
  async finish(as: 'finished' | 'cut'): Promise<void> {
    if (this.ended !== null || (as === 'finished' && this.#state !== 'open')) return
    await this.#tail
    if (this.ended !== null) return
    this.socket.end()
    this.end(as)
  }

  /** RST now. What the socket has taken leaves first; what still waits for a slow reader or a tick does not. */
  async reset(): Promise<void> {
    if (this.ended !== null) return
    if (this.socket.writableLength > 0 && !this.blocked) {
      await new Promise<void>((resolve) => this.socket.write('', () => resolve()))
      if (this.ended !== null) return
    }
    this.end('reset')
    this.socket.resetAndDestroy()
  }

  /** Nothing more is written, not even a pong; the socket is read and answers its TCP peer. */
  stall(): void {
    this.#state = 'stalled'
    this.#changed()
  }

  /** No packet of ours any more, no FIN either. With `reading: false` the client's own bytes are left in the kernel too. */
  vanish(reading: boolean): void {
    this.#state = 'vanished'
    if (!reading) this.socket.pause()
    this.#changed()
  }

  /** Notes how it ended; the first one counts. */
  end(as: Ended): void {
    if (this.ended !== null) return
    this.ended = as
    this.#changed()
  }

  #room(): number {
    if (this.#limit === null) return Number.POSITIVE_INFINITY
    const start = this.#limit.of === 'answer' ? 0 : this.#bodyAt
    return start === null ? Number.POSITIVE_INFINITY : Math.max(0, start + this.#limit.at - this.#submitted)
  }

  async #reachLimit(before: Promise<void>): Promise<void> {
    const { fault } = this.#limit ?? { fault: 'stall' }
    this.#limit = null
    this.#state = 'limited'
    await before
    this.#state = fault === 'vanish' ? 'vanished' : 'stalled'
    if (fault === 'reset') await this.reset()
    if (fault === 'finish' && this.ended === null) {
      this.socket.end()
      this.end('cut')
    }
    this.#changed()
  }

  #put(bytes: Uint8Array): Promise<void> {
    const whole = this.#pieces.length === 0 && this.#pace === Number.POSITIVE_INFINITY
    if (whole && this.#tail === null) return this.#hand(bytes)
    const tail = (this.#tail ?? settled).then(() => this.#dribble(bytes))
    this.#tail = tail
    return tail
  }

  async #dribble(bytes: Uint8Array): Promise<void> {
    for (let from = 0, index = 0; from < bytes.length && this.#speaks(); index++) {
      const slow = this.#pace !== Number.POSITIVE_INFINITY
      const piece = this.#pieces[Math.min(index, this.#pieces.length - 1)] ?? bytes.length
      const size = Math.max(1, Math.min(piece, this.#pace))
      if (slow) await Promise.race([this.#ticker.wait(), this.#closed])
      if (!this.#speaks()) return
      await this.#hand(bytes.subarray(from, from + size))
      // Two: the first may end before this turn has read. On loopback each piece then arrives by itself.
      await turn()
      await turn()
      from += size
    }
  }

  #hand(bytes: Uint8Array): Promise<void> {
    if (this.socket.destroyed || this.socket.write(bytes)) return settled
    return new Promise((resolve) => {
      const done = (): void => {
        this.socket.off('drain', done).off('close', done)
        resolve()
      }
      this.socket.on('drain', done).on('close', done)
    })
  }

  #speaks(): boolean {
    return this.ended === null && (this.#state === 'open' || this.#state === 'limited')
  }
}
