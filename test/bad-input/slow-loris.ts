/**
 * Slow clients by the thousand: `node test/bad-input/slow-loris.ts [COUNT] [KIND…]`, by default 10,000 of each kind. The attack runs
 * in processes of its own; a hundred well-behaved clients and the server share this one. Prints, for each kind, how the attack
 * ended, and how long the hundred waited for each record without it and under it.
 *
 * @module
 */

import { createStreamServer } from '../../src/server/index.ts'
import { type Attack, attack } from './attack.ts'
import { Bystanders, HUNDRED } from './bystanders.ts'
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
  const bystanders = new Bystanders({ port, path: 'steady', token: 'steady' }, HUNDRED)
  await bystanders.start()
  await bystanders.beats(100)
  const before = bystanders.durations.splice(0)
  const start = performance.now()
  const attacks = attacksOf(kind, port, count)
  await Promise.all(attacks.map(({ open }) => open))
  const opened = performance.now()
  const ends = await Promise.all(attacks.map(({ over }) => over))
  const seconds = (until: number): string => ((until - start) / 1000).toFixed(1)
  const lines = [
    `${count} ${kind}: open after ${seconds(opened)} s, over after ${seconds(performance.now())} s, ${JSON.stringify(ends)}`,
    `  records without: ${summary(before)}`,
    `  records under it: ${summary(bystanders.durations)}`,
    `  disturbed: ${(await bystanders.finish()).join(' ') || 'nobody'}`,
  ]
  bystanders.stop()
  for (const { stop } of attacks) stop()
  await server.close({ graceMs: 100 })
  return lines.join('\n')
}

function attacksOf(kind: Slowness, port: number, count: number): Attack[] {
  const attacks: Attack[] = []
  for (let left = count; left > 0; left -= OF_ONE_PROCESS)
    attacks.push(attack(kind, port, Math.min(left, OF_ONE_PROCESS), 'mallory'))
  return attacks
}

function summary(durations: readonly number[]): string {
  const sorted = [...durations].sort((one, other) => one - other)
  const at = (part: number): string => (sorted[Math.floor(part * (sorted.length - 1))] ?? Number.NaN).toFixed(1)
  return `${sorted.length}, median ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms`
}

const [count = '10000', ...kinds] = process.argv.slice(2)
for (const kind of kinds.length === 0 ? KINDS : kinds.filter(isKind)) console.log(await measure(kind, Number(count)))
