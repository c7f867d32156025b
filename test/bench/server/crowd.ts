/**
 * The clients, as a process of its own: `node crowd.ts`, and then it is asked.
 *
 * @module
 */
import { BareClient } from './bare-client.ts'
import { contenderNamed } from './contenders.ts'
import { monotonicMs } from './monotonic.ts'
import { answerWith } from './questions.ts'

/** What a crowd can be asked. */
export interface Crowd {
  /** Opens so many more connections, a few at once, and answers when all are connected. */
  open(order: OpenOrder): Promise<void>
  /** Gets ready for so many records on each connection, and answers at once. */
  expect(records: number): void
  /** Answers when every connection has them all: the time of each connection's last one, sorted. */
  arrivals(): Promise<readonly number[]>
}

export interface OpenOrder {
  readonly contender: string
  readonly port: number
  readonly connections: number
}

/** Enough to keep the server busy, few enough that no connection waits in the kernel's queue (511 in Node). */
const DIALS_AT_ONCE = 64

const clients: BareClient[] = []
let failure: Error | null = null
let wanted = 0
let arrived: number[] = []
let finished: (() => void) | null = null

async function open({ contender, port, connections }: OpenOrder): Promise<void> {
  const { dialogue } = contenderNamed(contender)
  let left = connections
  const dialInTurn = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      await new Promise<void>((resolve, reject) => {
        const lost = (reason: string): void => {
          failure ??= new Error(reason)
          reject(failure)
        }
        clients.push(new BareClient(port, dialogue, { connected: resolve, counted, lost }))
      })
    }
  }
  await Promise.all(Array.from({ length: DIALS_AT_ONCE }, dialInTurn))
}

function counted(client: BareClient): void {
  const { records } = client
  // What is not a record comes too, a heartbeat: nobody arrives twice.
  if (records < wanted || client.noted === wanted) return
  client.noted = wanted
  if (records > wanted) failure ??= new Error(`A connection has ${records} records instead of ${wanted}.`)
  arrived.push(monotonicMs())
  if (arrived.length === clients.length) finished?.()
}

answerWith<Crowd>({
  open,
  expect(records) {
    wanted += records
    arrived = []
  },
  async arrivals() {
    if (arrived.length < clients.length) {
      await new Promise<void>((resolve) => {
        finished = resolve
      })
    }
    if (failure !== null) throw failure
    return arrived
  },
})
