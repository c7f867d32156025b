/**
 * One measurement in a process of its own: `node client.ts '{"name":…}'` receives, checks order and count, prints a {@link Sample}.
 *
 * @module
 */
import { loadCandidates } from './candidates.ts'
import type { Protocol } from './protocols.ts'

/** What to measure. */
export interface Order {
  readonly name: string
  readonly protocol: Protocol
  readonly url: string
  readonly count: number
  /** So many messages pass before the clocks start: compiling is paid once, not per message. */
  readonly warmUp: number
  readonly peerModule: string | undefined
}

/** What one process measured. */
export interface Sample {
  readonly messagesPerSecond: number
  /** CPU time of the whole process, user and system, in microseconds per message. */
  readonly cpuMicroseconds: number
}

const order: Order = JSON.parse(process.argv[2] ?? '')
const { name, protocol, url, count, warmUp, peerModule } = order
const candidate = (await loadCandidates(peerModule)).find((row) => row.name === name && row.protocol === protocol)
if (candidate === undefined) throw new Error(`Nobody is called ${name}.`)

let seen = 0
let startedAt = 0
let cpuBefore = process.cpuUsage()

function take(value: unknown): void {
  seen += 1
  if (numberOf(value) !== seen) throw new Error(`Message ${numberOf(value)} arrived as number ${seen}.`)
  if (seen === warmUp) begin()
  else if (seen === count) finish()
}

function numberOf(value: unknown): unknown {
  return (value as { readonly seq?: unknown } | null)?.seq
}

function begin(): void {
  cpuBefore = process.cpuUsage()
  startedAt = performance.now()
}

function finish(): void {
  const elapsed = performance.now() - startedAt
  const { user, system } = process.cpuUsage(cpuBefore)
  const measured = count - warmUp
  const sample: Sample = {
    messagesPerSecond: (measured / elapsed) * 1000,
    cpuMicroseconds: (user + system) / measured,
  }
  process.stdout.write(`${JSON.stringify(sample)}\n`, () => process.exit(0))
}

// A listener's own error is reported by a timer elsewhere; either way it must end this process as a failure.
process.on('uncaughtException', (error) => {
  console.error(error)
  process.exit(1)
})
await candidate.receive(url, take)
