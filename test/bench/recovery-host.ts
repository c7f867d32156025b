/**
 * The server of the recovery benchmark, as a process of its own: a room that everybody measured reads, each through a door that can
 * be slammed, and the others' stream beside it.
 *
 * @module
 */
import { setTimeout as wait } from 'node:timers/promises'
import { createStreamServer } from '../../src/server/index.ts'
import { Door } from './recovery-door.ts'
import { answerWith } from './server/questions.ts'
import { unlimited } from './server/unlimited.ts'

/** What it can be asked. */
export interface RecoveryHost {
  /** Starts to write, and says where it listens: for the others, and for each of so many who are measured. */
  open(measured: number): Promise<HostPorts>
  /**
   * Cuts off who reads through this port, and appends a record in the same turn: whoever is back need not wait for one. Answers
   * with the moment of the cut, when it is long over.
   */
  cut(port: number): Promise<number>
  /** Writes no more, and says how many records the others should have. */
  finish(): number
}

export interface HostPorts {
  readonly others: number
  readonly measured: readonly number[]
}

/** To 10,000 others one record costs a tenth of a second of this core. */
const ROOM_EVERY_MS = 5
const OTHERS_EVERY_MS = 1_000

/** An answer wakes two processes: not before whoever was cut off is back. */
const ANSWER_AFTER_MS = 25

const server = createStreamServer({ allowAnonymous: true, limits: unlimited })
const room = server.stream('room')
const others = server.stream('herd')
const doors = new Map<number, Door>()
const timers: NodeJS.Timeout[] = []
const written = { room: 0, others: 0 }

/** 200 bytes, as everywhere in these benchmarks. */
const text = 'x'.repeat(180)

function writeToRoom(): void {
  written.room += 1
  void room.append({ n: written.room, text })
}

async function openDoor(): Promise<number> {
  const door = new Door(server)
  const port = await door.open()
  doors.set(port, door)
  return port
}

answerWith<RecoveryHost>({
  async open(measured) {
    await Promise.all([room.create(), others.create()])
    timers.push(
      setInterval(writeToRoom, ROOM_EVERY_MS),
      setInterval(() => {
        written.others += 1
        void others.append({ n: written.others, text })
      }, OTHERS_EVERY_MS),
    )
    return { others: await openDoor(), measured: await Promise.all(Array.from({ length: measured }, openDoor)) }
  },
  async cut(port) {
    const at = await doors.get(port)?.slam()
    if (at === undefined) throw new Error(`Nobody reads through ${port}.`)
    writeToRoom()
    await wait(ANSWER_AFTER_MS)
    return at
  },
  finish() {
    for (const timer of timers) clearInterval(timer)
    return written.others
  },
})
