/**
 * `node test/commands/long.ts [--protocol sse] [--runs 1000] [--commands 100] [--seed N] [--path P] [--replay P]`: the command model
 * for as long as you like. Without a protocol it takes them all in turn. Its exit code is the number of those that failed.
 *
 * @module
 */
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { type ProtocolName, protocols } from './protocols.ts'
import { runCommands } from './run.ts'

const { values } = parseArgs({
  options: {
    protocol: { type: 'string' },
    runs: { type: 'string', default: '1000' },
    commands: { type: 'string', default: '100' },
    seed: { type: 'string' },
    path: { type: 'string' },
    replay: { type: 'string' },
  },
})
const all = Object.keys(protocols) as ProtocolName[]
const names = values.protocol === undefined ? all : all.filter((name) => name === values.protocol)
if (names.length === 0) throw new Error(`Known protocols are ${all.join(', ')}.`)
const seed = values.seed === undefined ? randomInt(2 ** 31) : Number(values.seed)

let failed = 0
for (const protocol of names) {
  const start = performance.now()
  const { failure, tally } = await runCommands({
    protocol,
    runs: Number(values.runs),
    commands: Number(values.commands),
    seed,
    path: values.path,
    replayPath: values.replay,
  })
  const ran = [...tally.values()].reduce((sum, count) => sum + count, 0)
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  console.log(`${protocol}: seed ${seed}, ${ran} commands of ${tally.size} kinds in ${seconds} s`)
  if (failure === null) continue
  failed += 1
  console.error(failure)
}
process.exitCode = failed
