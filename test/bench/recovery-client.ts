/**
 * Who is cut off, as a process of its own: `durableConnection`, and beside it the same by hand. All of them read all the time, so
 * that each is as warm as the others.
 *
 * @module
 */
import { createActor } from 'xstate'
import { durableConnection } from '../../src/durable.ts'
import { Journal } from '../herd/journal.ts'
import { readRaw } from './recovery-dials.ts'
import { type Carrier, type Contender, contenders } from './recovery-table.ts'
import { monotonicMs } from './server/monotonic.ts'
import { answerWith } from './server/questions.ts'

/** What it can be asked. */
export interface RecoveryClient {
  /** Everybody begins to read; answers when all have records. */
  open(order: RecoveryOrder): Promise<void>
  /** Answers, when a contender has lost its connection and has the next record, with the moment of that record. */
  back(contender: Contender): Promise<number>
  /** Of all records and all contenders: none, or the figures above mean nothing. */
  faults(): { readonly lost: number; readonly repeated: number }
}

export interface RecoveryOrder {
  readonly via: Carrier
  readonly ports: Readonly<Record<Contender, number>>
}

/** One who reads, and what happened to its connection. */
class Reader {
  readonly journal = new Journal()
  #state: 'reading' | 'lost' = 'reading'
  #wanted: { readonly what: 'first' | 'back'; answer(at: number): void } | null = null

  when(what: 'first' | 'back'): Promise<number> {
    return new Promise((answer) => {
      this.#wanted = { what, answer }
    })
  }

  lost(): void {
    this.#state = 'lost'
  }

  records(records: readonly unknown[]): void {
    const at = monotonicMs()
    this.journal.take(records)
    if (this.#state === 'reading' && this.#wanted?.what !== 'first') return
    this.#state = 'reading'
    this.#wanted?.answer(at)
    this.#wanted = null
  }
}

const readers = new Map<Contender, Reader>()

/** One connection is cut more often than the budget of a minute foresees. */
const common = { environment: false, retryBudget: 1_000_000 } as const

/** `ours` draws a wait of 0 ms each time; `patient` is cut alone each time, as its links count as stable at once. */
const options = {
  ours: { ...common, backoff: { base: 1, cap: 1 }, random: () => 0 },
  patient: { ...common, stableAfter: 10 },
}

/** Node makes 1 ms of a timer of 0 ms, which is half of a redial on loopback, and backoff too. */
const prompt = {
  setTimeout: (act: () => void, ms: number) => (ms === 0 ? setImmediate(act) : setTimeout(act, ms)),
  clearTimeout: (timer: NodeJS.Timeout & NodeJS.Immediate) => {
    clearImmediate(timer)
    clearTimeout(timer)
  },
}

function readOwn(contender: 'ours' | 'patient', via: Carrier, port: number, reader: Reader): void {
  const input = { ...options[contender], url: `http://127.0.0.1:${port}/v1/stream/room`, via }
  const actor = createActor(durableConnection, { input, ...(contender === 'ours' && { clock: prompt }) })
  actor.on('message', ({ message }) => reader.records([message.data]))
  actor.on('reconnecting', () => reader.lost())
  actor.start().send({ type: 'connect' })
}

function begin(contender: Contender, via: Carrier, port: number): Promise<number> {
  const reader = new Reader()
  readers.set(contender, reader)
  const started = reader.when('first')
  if (contender === 'raw' || contender === 'twin') {
    readRaw(via, port, { lost: () => reader.lost(), records: (records) => reader.records(records) })
  } else readOwn(contender, via, port, reader)
  return started
}

answerWith<RecoveryClient>({
  async open({ via, ports }) {
    await Promise.all(contenders.map((contender) => begin(contender, via, ports[contender])))
  },
  async back(contender) {
    const at = await readers.get(contender)?.when('back')
    if (at === undefined) throw new Error(`Nobody is called ${contender}.`)
    return at
  },
  faults() {
    const journals = [...readers.values()].map(({ journal }) => journal)
    const sum = (of: (journal: Journal) => number): number => journals.reduce((total, each) => total + of(each), 0)
    return { lost: sum(({ lost }) => lost), repeated: sum(({ repeated }) => repeated) }
  },
})
