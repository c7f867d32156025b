/**
 * One contender, one proxy, one course: records both ways while connections are cut, and what came of it.
 *
 * @module
 */
import { setTimeout as wait } from 'node:timers/promises'
import { seeded } from '../simulation/herd.ts'
import type { Contender, ContenderClient, ContenderServer, Ears } from './contender.ts'
import { March, type Patience } from './march.ts'
import { Oracle, type Verdict } from './oracle.ts'
import type { Course } from './plan.ts'
import { ChaosProxy } from './proxy.ts'
import { writerOf } from './record.ts'
import type { Direction } from './traffic.ts'

export interface Outcome {
  readonly name: string
  /** How many records were written; fewer than planned when it gave up or time ran out. */
  readonly written: Readonly<Record<Direction, number>>
  readonly kills: Readonly<Record<Direction, number>>
  /** `null` where it does not read or write. */
  readonly down: Verdict | null
  readonly up: Verdict | null
  /** What it wrote, as it read it itself. */
  readonly echo: Verdict | null
  /** Of how many of its records the application was told that they failed. */
  readonly told: number
  /** How many writes were neither confirmed nor failed in the end. */
  readonly unsettled: number
  readonly connections: number
  readonly seconds: number
  /** Why it gave up, as far as it said. */
  readonly notes: readonly string[]
  /** What the server reported, which should be nothing. */
  readonly reports: readonly unknown[]
}

export interface TrialOptions extends Course, Patience {
  /** Awaited before the server writes the records of another round. What it throws is thrown by the trial. */
  readonly before?: ((round: number, proxy: ChaosProxy) => Promise<void>) | undefined
}

/** In ms. */
const FAREWELL = 5_000

/** Runs a contender over the course. A contender that hangs, dies or refuses is an outcome; nothing of it is thrown. */
export async function runTrial(contender: Contender, options: TrialOptions): Promise<Outcome> {
  const started = performance.now()
  const { records, seed } = options
  const down = new Oracle('server', records)
  const up = new Oracle('client', records)
  const echo = new Oracle('client', records)
  const notes: string[] = []
  let march: Record<Direction, March> | null = null

  const server = await contender.serve((value) => {
    up.see(value)
    march?.up.beat()
  })
  const proxy = new ChaosProxy({ upstream: server.port, seed })
  const ears: Ears = {
    read(value) {
      if (writerOf(value) === 'client') echo.see(value)
      else down.see(value)
      march?.down.beat()
    },
    told: (error) => march?.up.tell(error),
    died(direction, why) {
      notes.push(why)
      march?.[direction].die()
    },
  }
  const client = await contender.connect(await proxy.listen(), ears, seeded(seed + 1))
  const both = marches({ options, proxy, server, client, ears, oracles: { down, up } })
  march = both
  try {
    await course(contender, options, both, proxy)
    const unsettled = await both.up.settled()
    if (contender.echoes) await both.down.until(() => echo.distinct >= up.distinct)
    const written = { down: both.down.written, up: both.up.written }
    return {
      name: contender.name,
      written,
      kills: { ...proxy.blows.landed },
      down: contender.reads ? down.verdict(written.down) : null,
      up: contender.writes ? up.verdict(written.up) : null,
      echo: contender.echoes ? echo.verdict(written.up) : null,
      told: both.up.told,
      unsettled,
      connections: proxy.connections,
      seconds: (performance.now() - started) / 1_000,
      notes: [...new Set(notes), ...both.up.reasons],
      reports: server.reports,
    }
  } finally {
    // A client that hangs may also hang when it is to leave.
    await Promise.race([client.close(), wait(FAREWELL, undefined, { ref: false })])
    await proxy.close()
    await server.close()
  }
}

/** All records, under fire and then the last one in peace. */
async function course(
  { reads, writes }: Contender,
  { kills }: TrialOptions,
  march: Record<Direction, March>,
  proxy: ChaosProxy,
): Promise<void> {
  const sides = [...(reads ? [march.down] : []), ...(writes ? [march.up] : [])]
  if (kills === 0) proxy.calm()
  await Promise.all(sides.map((side) => side.underFire()))
  proxy.calm()
  await Promise.all(sides.map((side) => side.inPeace()))
}

interface Parties {
  readonly options: TrialOptions
  readonly proxy: ChaosProxy
  readonly server: ContenderServer
  readonly client: ContenderClient
  readonly ears: Ears
  readonly oracles: Readonly<Record<Direction, Oracle>>
}

function marches({ options, proxy, server, client, ears, oracles }: Parties): Record<Direction, March> {
  const common = { course: options, patience: options, proxy }
  return {
    down: new March({
      ...common,
      direction: 'down',
      oracle: oracles.down,
      write: (records) => server.write(records),
      failed: (thrown) => ears.died('down', String(thrown)),
      before: (round) => options.before?.(round, proxy) ?? Promise.resolve(),
    }),
    up: new March({
      ...common,
      direction: 'up',
      oracle: oracles.up,
      write: async (records, march) => {
        for (const record of records) march.watch(client.send(record))
      },
      failed: (thrown) => ears.died('up', String(thrown)),
    }),
  }
}
