/**
 * Slow clients by the thousand: `node test/bad-input/slow-loris.ts [COUNT] [KIND…]`, by default 10,000 of each kind. The attack runs
 * in processes of its own; a hundred well-behaved clients and the server share this one. Prints, for each kind, how the attack
 * ended, and how long the hundred waited for each record without it and under it.
 *
 * @module
 */

import { createStreamServer } from '../../src/server/index.ts'
import { type Attack, attack } from './attack.ts'
import { Bystanders } from './bystanders.ts'
import type { Slowness } from './slow-attack.ts'

/** With its own limits, but for what all clients of one machine share here. */
const ONE_MACHINE = {
  connectionsPerAddress: Number.POSITIVE_INFINITY,
  connectionsPerPrincipal: Number.POSITIVE_INFINITY,
  handshakes: { perSecond: 1e6, burst: 1e6 },
  requests: { perSecond: 1e6, burst: 1e6 },
  publishes: { perSecond: 1e6, burst: 1e6 },
  bytesIn: { perSecond: 1e9, burst: 1e9 },
}

const KINDS: readonly Slowness[] = ['heads', 'silence', 'bodies', 'strangers', 'floods']

/** What one process may hold open is limited. */
const OF_ONE_PROCESS = 5_000

const isKind = (text: string): text is Slowness => KINDS.some((kind) => kind === text)

async function measure(kind: Slowness, count: number): Promise<string> {
  const server = createStreamServer({
    authenticate: ({ token }) => (token === null ? null : { id: token }),
    limits: ONE_MACHINE,
  })
  const { port } = await server.listen()
  await Promise.all(['steady', 'bad/target'].map((path) => server.stream(path).create()))
  const bystanders = new Bystanders(
    { port, path: 'steady', token: 'steady' },
    { webSockets: 34, eventStreams: 33, longPolls: 32 },
  )
  await bystanders.start()
  const before = await beats(bystanders, 200)
  const start = performance.now()
  const attacks: Attack[] = []
  for (let left = count; left > 0; left -= OF_ONE_PROCESS)
    attacks.push(attack(kind, port, Math.min(left, OF_ONE_PROCESS), 'mallory'))
  let isOver = false
  const over = Promise.all(attacks.map((one) => one.over)).then((ends) => {
    isOver = true
    return ends
  })
  const during: number[] = []
  while (!isOver && bystanders.disturbances.length === 0) during.push(...(await beats(bystanders, 1)))
  const seconds = (performance.now() - start) / 1000
  const disturbances = await bystanders.finish()
  const ends = disturbances.length === 0 ? JSON.stringify(await over) : 'not waited for'
  bystanders.stop()
  for (const { stop } of attacks) stop()
  await server.close({ graceMs: 100 })
  return [
    `${count} ${kind}: over after ${seconds.toFixed(1)} s, ${ends}`,
    `  records without: ${summary(before)}`,
    `  records under it: ${summary(during)}, disturbed: ${disturbances.length}${disturbances.slice(0, 3).join(' ')}`,
  ].join('\n')
}

/** Milliseconds from one record, at the last of the hundred, to the next. */
async function beats(bystanders: Bystanders, count: number): Promise<number[]> {
  const durations: number[] = []
  for (let beat = 0; beat < count; beat++) {
    const start = performance.now()
    await bystanders.beats(1)
    durations.push(performance.now() - start)
  }
  return durations
}

function summary(durations: readonly number[]): string {
  const sorted = [...durations].sort((one, other) => one - other)
  const at = (part: number): string => (sorted[Math.floor(part * (sorted.length - 1))] ?? Number.NaN).toFixed(1)
  return `${sorted.length}, median ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms`
}

const [count = '10000', ...kinds] = process.argv.slice(2)
for (const kind of kinds.length === 0 ? KINDS : kinds.filter(isKind)) console.log(await measure(kind, Number(count)))
