/**
 * A client that costs next to nothing, so that the server is what is measured: a socket, its dialogue, and a count of marks.
 *
 * @module
 */
import { connect, type Socket } from 'node:net'
import type { Dialogue } from './dialogues.ts'
import { MarkCount } from './records.ts'

/** What happens to a client. */
export interface ClientEvents {
  connected(): void
  /** Bytes came in which marks were counted. */
  counted(client: BareClient): void
  /** The socket is gone, or the server refused. */
  lost(reason: string): void
}

/** One buffer for all: a chunk is looked at in the turn in which it is read, and never kept. */
const shared = Buffer.allocUnsafe(64 * 1024)

export class BareClient {
  /** For whoever counts: the number of records at which it last took note of this client. */
  noted = 0
  readonly #count = new MarkCount()
  readonly #dialogue: Dialogue
  readonly #events: ClientEvents
  readonly #socket: Socket
  #step = 0
  /** What has been heard since the last step. */
  #heard = ''

  constructor(port: number, dialogue: Dialogue, events: ClientEvents) {
    this.#dialogue = dialogue
    this.#events = events
    this.#socket = connect({
      host: '127.0.0.1',
      port,
      noDelay: true,
      onread: {
        buffer: shared,
        callback: (length, buffer) => {
          this.#take(Buffer.from(buffer.buffer, buffer.byteOffset, length))
          return true
        },
      },
    })
    this.#socket.once('connect', () => this.#socket.write(dialogue.opening))
    this.#socket.once('error', (error) => events.lost(error.message))
    this.#socket.once('close', () => events.lost('The server hung up.'))
  }

  /** Records so far. */
  get records(): number {
    return this.#count.marks
  }

  #take(chunk: Buffer): void {
    if (this.#step === this.#dialogue.steps.length) {
      this.#count.take(chunk)
      this.#events.counted(this)
    } else this.#converse(chunk.toString('latin1'))
  }

  #converse(text: string): void {
    this.#heard += text
    if (this.#step === 0 && !/^HTTP\/1\.1 (?:101|200) /.test(this.#heard)) {
      this.#events.lost(`The server answered ${this.#heard.split('\r\n', 1)}.`)
      return
    }
    for (let step = this.#awaited(); step !== undefined; step = this.#awaited()) {
      this.#heard = this.#heard.slice(this.#heard.indexOf(step.awaits) + step.awaits.length)
      this.#step += 1
      if (step.says !== null) this.#socket.write(step.says)
    }
    if (this.#step === this.#dialogue.steps.length) {
      this.#heard = ''
      this.#events.connected()
    }
  }

  /** The step that what was heard completes. */
  #awaited(): Dialogue['steps'][number] | undefined {
    const step = this.#dialogue.steps[this.#step]
    return step !== undefined && this.#heard.includes(step.awaits) ? step : undefined
  }
}
