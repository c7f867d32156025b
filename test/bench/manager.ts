/**
 * What a connection costs under one manager that has few others, and under one that has many: `node test/bench/manager.ts`.
 * Over a scripted dial, so that neither a server nor the kernel is in the figures: each connection is opened, connected, and closed.
 * The pool that all of them share is there as it is in use, only that nobody waits for its budget.
 * Each size runs in a process of its own; the sizes take turns, because the machine has fast and slow minutes.
 *
 * @module
 */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { connection } from '../../src/connection/connection.ts'
import { createPool } from '../../src/connection/pool.ts'
import type { Link } from '../../src/link.ts'
import { TransportManager } from '../../src/manager/transport-manager.ts'
import { median } from './statistics.ts'

interface Cost {
  /** CPU of this process per connection opened and closed, in µs. */
  readonly cpu: number
  /** Heap of a connection that is up, in bytes. */
  readonly heap: number
  /** Heap that is left when all of them are closed, in bytes per connection. */
  readonly left: number
}

const sizes = [100, 1_000] as const
const repetitions = 5
/** Connections in all, whatever the size: short runs would measure the compiler. */
const connections = 4_000

const wanted = process.argv[2]
if (wanted === undefined) compare()
else process.stdout.write(JSON.stringify(await measure(Number(wanted))))

function compare(): void {
  const costs = new Map<number, Cost[]>(sizes.map((size) => [size, []]))
  for (let repetition = 0; repetition < repetitions; repetition++) {
    for (const size of sizes) {
      const answer = execFileSync(process.execPath, [fileURLToPath(import.meta.url), `${size}`], { encoding: 'utf8' })
      costs.get(size)?.push(JSON.parse(answer) as Cost)
    }
  }
  const of = (size: number, figure: keyof Cost): number => median((costs.get(size) ?? []).map((cost) => cost[figure]))
  console.log('| under one manager | CPU µs per connection | heap bytes per connection | left bytes |')
  console.log('| ---: | ---: | ---: | ---: |')
  for (const size of sizes) {
    const [cpu, heap, left] = (['cpu', 'heap', 'left'] as const).map((figure) => of(size, figure).toFixed(0))
    console.log(`| ${size} | ${cpu} | ${heap} | ${left} |`)
  }
  const [few, many] = sizes
  const ratio = (figure: 'cpu' | 'heap'): string => (of(many, figure) / of(few, figure)).toFixed(2)
  console.log(
    `\n${many} ÷ ${few}: CPU ${ratio('cpu')}, heap ${ratio('heap')} (at most 1.20), medians of ${repetitions} runs`,
  )
}

async function measure(size: number): Promise<Cost> {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  const { dial, up } = scriptedDial()
  const logic = connection(dial)
  const pool = createPool({ requestsPerMinute: 1_000_000 })
  const { actor: manager } = new TransportManager({ config: { random: () => 0.5 }, pool })

  async function open(): Promise<void> {
    const goal = up() + size
    for (let index = 0; index < size; index++) manager.send({ type: 'open', id: `${index}`, logic, input: {} })
    while (up() < goal) await turn()
  }
  async function close(): Promise<void> {
    for (let index = 0; index < size; index++) manager.send({ type: 'close', id: `${index}` })
    while (up() > 0) await turn()
  }
  async function heapUsed(): Promise<number> {
    for (let round = 0; round < 3; round++) {
      collect()
      await turn()
    }
    return process.memoryUsage().heapUsed
  }

  for (let warm = 0; warm < 2_000; warm += size) {
    await open()
    await close()
  }
  const empty = await heapUsed()
  await open()
  const full = await heapUsed()
  await close()
  const after = await heapUsed()
  const before = process.cpuUsage()
  for (let done = 0; done < connections; done += size) {
    await open()
    await close()
  }
  const { system, user } = process.cpuUsage(before)
  manager.stop()
  return { cpu: (user + system) / connections, heap: (full - empty) / size, left: (after - empty) / size }
}

/** Links that are up at once, say nothing and stay until they are closed. */
function scriptedDial() {
  let count = 0
  const dial = async (): Promise<Link> => {
    count += 1
    let end = (_more: boolean): void => {}
    return {
      protocol: 'scripted',
      read: () => new Promise((resolve) => (end = resolve)),
      close() {
        count -= 1
        end(false)
      },
    }
  }
  return { dial, up: () => count }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
