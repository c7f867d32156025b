/**
 * A gate in front of a server: every byte of every client passes it, so that one set of faults fits every protocol.
 *
 * @module
 */
import { createServer, type Server, type Socket } from 'node:net'
import { Line } from './line.ts'

/** What the gate does with the next request: `open` lets it in, `hold` lets it wait, `down` resets it before it has said a word. */
export type GateMode = 'open' | 'hold' | 'down'

export interface RequestNote {
  readonly at: number
  readonly who: string
  /** Whether the retry budget counts it. */
  readonly counted: boolean
}

export interface GateOptions {
  readonly now: () => number
  /** The port behind the gate. */
  readonly upstream: number
  /** Whether the retry budget counts the request with this first line. */
  readonly counts: (requestLine: string) => boolean
}

export class Gate {
  mode: GateMode = 'open'
  /** The bytes that answer the next request instead of the server. */
  refusal: string | null = null
  /** A cut for the next line that is let in, in bytes of its answer. */
  nextCut: number | null = null
  readonly requests: RequestNote[] = []
  /** Grows with every byte and every end, so that a test sees when nothing moves any more. */
  activity = 0
  readonly #lines = new Set<Line>()
  readonly #sockets = new Set<Socket>()
  readonly #server: Server
  readonly #options: GateOptions

  constructor(options: GateOptions) {
    this.#options = options
    this.#server = createServer((socket) => this.#meet(socket))
  }

  get port(): number {
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  listen(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
  }

  /**
   * The lines of one client that are still open on the client's side. Posts are none, and neither is a socket on which nothing was
   * ever asked: Node's agent keeps one whose request was given up while it was being opened.
   */
  lines(who: string): Line[] {
    return [...this.#lines].filter((line) => line.who === who && line.hasAsked && !line.isPost)
  }

  /** Ends the sockets on which nothing was ever asked, as a server does with idle ones. */
  closeIdle(): void {
    for (const line of this.#lines) if (!line.hasAsked) line.reset()
  }

  /** Sockets of any kind. */
  get open(): number {
    return this.#sockets.size
  }

  /** Whether nothing that came from the server is still on its way through the gate. */
  get isDrained(): boolean {
    return [...this.#lines].every((line) => line.queued === 0)
  }

  /** Every connection dies, as when a process is killed; until the mode changes nobody gets in. */
  kill(): void {
    this.mode = 'down'
    for (const line of this.#lines) line.reset()
  }

  /** Lets in who waits, and everybody after. */
  accept(): void {
    this.mode = 'open'
    for (const line of this.#lines) if (line.state === 'held' && line.hasAsked) this.#enter(line)
  }

  /** Answers one who waits, or the next one, in the server's stead. */
  refuse(answer: string): void {
    const held = [...this.#lines].find((line) => line.who === 'first' && line.state === 'held' && line.hasAsked)
    if (held === undefined) this.refusal = answer
    else held.answer(answer)
  }

  close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }

  #meet(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket))
    socket.on('error', () => {})
    if (this.mode === 'down') return void socket.resetAndDestroy()
    const line = new Line(socket, {
      moved: () => {
        this.activity += 1
      },
      asked: () => this.#admit(line),
      gone: () => {
        this.activity += 1
        this.#lines.delete(line)
      },
    })
    this.#lines.add(line)
  }

  #admit(line: Line): void {
    const { isPost, requestLine, who } = line
    if (!isPost) {
      this.requests.push({ at: this.#options.now(), who, counted: this.#options.counts(requestLine) })
    }
    if (isPost || who !== 'first') this.#enter(line)
    else if (this.refusal !== null) {
      line.answer(this.refusal)
      this.refusal = null
    } else if (this.mode === 'open') this.#enter(line)
  }

  #enter(line: Line): void {
    if (line.who === 'first' && !line.isPost && this.nextCut !== null) {
      line.cutAfter(this.nextCut)
      this.nextCut = null
    }
    line.connect(this.#options.upstream)
  }
}
