/**
 * Opens many quiet connections and weighs them: `node memory-client.ts '{"name":…}'` prints a {@link Weight}.
 *
 * @module
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { loadCandidates } from './candidates.ts'
import type { Protocol } from './protocols.ts'

export interface WeighOrder {
  readonly name: string
  readonly protocol: Protocol
  readonly url: string
  readonly connections: number
}

/** Bytes per connection. */
export interface Weight {
  readonly heap: number
  readonly resident: number
}

const { name, protocol, url, connections }: WeighOrder = JSON.parse(process.argv[2] ?? '')
const candidate = (await loadCandidates(undefined)).find((row) => row.name === name && row.protocol === protocol)
if (candidate === undefined) throw new Error(`Nobody is called ${name}.`)

setFlagsFromString('--expose-gc')
const collect: unknown = runInNewContext('gc')

let heard = 0
let wake: () => void = () => {}
const take = (): void => {
  heard += 1
  wake()
}

/** Each connection hears one message when it is up. */
async function open(more: number): Promise<void> {
  const wanted = heard + more
  for (let opened = 0; opened < more; opened++) candidate?.receive(url, take)
  while (heard < wanted) {
    await new Promise<void>((resolve) => {
      wake = resolve
    })
  }
}

async function weigh(): Promise<NodeJS.MemoryUsage> {
  // Twice, with a turn between: what a finaliser lets go of in the first is collected in the second.
  for (let round = 0; round < 2; round++) {
    if (typeof collect === 'function') collect()
    await new Promise(setImmediate)
  }
  return process.memoryUsage()
}

// The code, the chart and the first structures of each kind are paid once; they are not the weight of a connection.
await open(50)
const before = await weigh()
await open(connections)
const after = await weigh()
const weight: Weight = {
  heap: (after.heapUsed - before.heapUsed) / connections,
  resident: (after.rss - before.rss) / connections,
}
process.stdout.write(`${JSON.stringify(weight)}\n`, () => process.exit(0))
