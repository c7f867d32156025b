/**
 * Runs of random commands against a live server, replayable from what they print.
 *
 * @module
 */
import {
  type AsyncCommand,
  asyncModelRun,
  asyncProperty,
  boolean,
  check,
  commands as commandsOf,
  constant,
  integer,
  type RunDetails,
} from 'fast-check'
import { settled } from './agreement.ts'
import { finish, observe, recover } from './courses.ts'
import { checkAlways } from './invariants.ts'
import { firstModel, type Model, sameOrLost } from './model.ts'
import { type ProtocolName, protocols } from './protocols.ts'
import type { Row } from './row.ts'
import { commands } from './table.ts'
import { World } from './world.ts'

/** What the commands run on: the world opens with the first of them. */
interface Real {
  world: World
}

/** How often each command ran; a test that never runs one proves nothing about it. */
export type Tally = Map<string, number>

class RowCommand implements AsyncCommand<Model, Real> {
  readonly #row: Row<unknown>
  readonly #value: unknown
  readonly #tally: Tally
  readonly #here: { world: World | null }

  constructor(row: Row<unknown>, value: unknown, tally: Tally, here: { world: World | null }) {
    this.#row = row
    this.#value = value
    this.#tally = tally
    this.#here = here
  }

  check(model: Readonly<Model>): boolean {
    const { world } = this.#here
    return world !== null && (this.#row.when?.(model, world) ?? true)
  }

  async run(model: Model, { world }: Real): Promise<void> {
    const legal = (this.#row.leads ?? sameOrLost)(model, this.#value)
    this.#tally.set(this.#row.name, (this.#tally.get(this.#row.name) ?? 0) + 1)
    await this.#row.run(world, this.#value)
    await settled(world, legal)
    observe(world)
    checkAlways(world)
  }

  toString(): string {
    return this.#value === undefined ? this.#row.name : `${this.#row.name} (${String(this.#value)})`
  }
}

export interface RunOptions {
  readonly protocol: ProtocolName
  readonly runs: number
  /** Commands in one run, on average. */
  readonly commands: number
  readonly seed: number
  /** What a failure has printed, to run that one case again. */
  readonly path?: string | undefined
  readonly replayPath?: string | undefined
}

export interface Outcome {
  readonly tally: Tally
  /** `null` when everything held. */
  readonly failure: string | null
}

function watchRejections() {
  const rejected: unknown[] = []
  const note = (reason: unknown): void => void rejected.push(reason)
  process.on('unhandledRejection', note)
  return { rejected, stop: () => void process.off('unhandledRejection', note) }
}

export async function runCommands(options: RunOptions): Promise<Outcome> {
  const { path, protocol, replayPath, runs, seed } = options
  const tested = protocols[protocol]
  const tally: Tally = new Map()
  const here: { world: World | null } = { world: null }
  const made = commands.flatMap((row) =>
    Array.from({ length: row.weight ?? 1 }, () =>
      (row.values ?? constant(undefined)).map((value) => new RowCommand(row, value, tally, here)),
    ),
  )
  // Lengths are drawn from 0 up to the most, so that the most is twice the mean.
  const lists = commandsOf<Model, Real, false>(made, {
    maxCommands: 3 * options.commands,
    size: 'max',
    ...(replayPath && { replayPath }),
  })
  const property = asyncProperty(lists, integer(), boolean(), async (list, chance, startPaused) => {
    const { rejected, stop } = watchRejections()
    const model = firstModel(tested, startPaused)
    const world = await World.open(tested, model, chance)
    here.world = world
    try {
      await asyncModelRun(() => ({ model, real: { world } }), list)
      await recover(world)
      await finish(world)
      if (rejected.length > 0) throw rejected[0]
    } finally {
      stop()
      await abandon(world)
    }
  })
  const details = await check(property, { numRuns: runs, seed, ...(path && { path, endOnFailure: false }) })
  return { tally, failure: details.failed ? describe(options, details) : null }
}

/** After a failure everything is dropped at once, so that the next case starts clean. */
async function abandon(world: World): Promise<void> {
  world.actor.stop()
  world.second?.stop()
  await world.gate.close()
  await Promise.race([world.origin.close().catch(() => undefined), world.clock.advance(300_000)])
}

type Failed = Pick<RunDetails<unknown>, 'numRuns' | 'numShrinks' | 'counterexamplePath' | 'errorInstance'> & {
  readonly counterexample: unknown
}

function describe({ protocol, runs, commands: mean, seed }: RunOptions, details: Failed): string {
  const [list] = details.counterexample as [{ toString(): string }]
  const error =
    details.errorInstance instanceof Error
      ? (details.errorInstance.stack ?? details.errorInstance.message)
      : String(details.errorInstance)
  return [
    `${protocol} failed after ${details.numRuns} runs and ${details.numShrinks} shrinks:`,
    String(list),
    error,
    `Replay: node test/commands/long.ts --protocol ${protocol} --runs ${runs} --commands ${mean} --seed ${seed} --path ${details.counterexamplePath}`,
  ].join('\n')
}
