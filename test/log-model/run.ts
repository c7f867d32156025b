/**
 * Runs of random commands, replayable from what they print as far as sockets let them.
 *
 * @module
 */
import assert from 'node:assert/strict'
import {
  type AsyncCommand,
  asyncModelRun,
  asyncProperty,
  check,
  commands as commandsOf,
  constantFrom,
  integer,
  type RunDetails,
  record,
  tuple,
} from 'fast-check'
import { commands, type Row } from './commands.ts'
import { carriers } from './reader.ts'
import { type Character, World } from './world.ts'

/** How often each command ran: a test that never runs one proves nothing about it. */
export type Tally = Map<string, number>

/** What the log's commands ask for is in the world itself. */
type Model = Record<never, never>

class RowCommand implements AsyncCommand<Model, World> {
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

  check(): boolean {
    const { world } = this.#here
    return world !== null && (this.#row.when?.(world, this.#value) ?? true)
  }

  async run(_model: Model, world: World): Promise<void> {
    const { name } = this.#row
    this.#tally.set(name, (this.#tally.get(name) ?? 0) + 1)
    await this.#row.run(world, this.#value)
    await world.look()
  }

  toString(): string {
    return this.#value === undefined ? this.#row.name : `${this.#row.name} ${JSON.stringify(this.#value)}`
  }
}

export interface RunOptions {
  readonly runs: number
  /** Commands in one run, on average. */
  readonly commands: number
  readonly seed: number
  /** What a failure has printed, to run that one case again. */
  readonly path?: string | undefined
}

export interface Effects {
  records: number
  gaps: number
  sent: number
}

export interface Outcome {
  readonly tally: Tally
  /** What the readers were told, and what they have sent, all of them together. */
  readonly effects: Effects
  /** `null` when everything held. */
  readonly failure: string | null
}

const character = record<Character>({
  policy: constantFrom('restart', 'jump', 'refetch', 'fail'),
  via: constantFrom(...carriers),
  outbox: constantFrom('memory', 'file'),
})

export async function runCommands(options: RunOptions): Promise<Outcome> {
  const tally: Tally = new Map()
  const effects: Effects = { records: 0, gaps: 0, sent: 0 }
  const here: { world: World | null } = { world: null }
  const made = commands.flatMap((row) =>
    Array.from({ length: row.weight }, () => row.values.map((value) => new RowCommand(row, value, tally, here))),
  )
  // Lengths are drawn from 0 up to the most, and what is not possible just then is left out.
  const lists = commandsOf<Model, World, false>(made, { maxCommands: 3 * options.commands, size: 'max' })
  const property = asyncProperty(lists, tuple(character, character), integer(), async (list, characters, seed) => {
    const rejected: unknown[] = []
    const note = (reason: unknown): void => void rejected.push(reason)
    process.on('unhandledRejection', note)
    const world = new World(characters, seed)
    here.world = world
    try {
      await world.open()
      await asyncModelRun(() => ({ model: {}, real: world }), list)
      await finish(world)
      assert.deepEqual(rejected, [], 'nothing is rejected without a listener')
      for (const { sends, view } of world.readers) {
        effects.records += view.heard.records
        effects.gaps += view.heard.gaps
        effects.sent += sends.length
      }
    } finally {
      process.off('unhandledRejection', note)
      await world.close()
    }
  })
  const { path, runs, seed } = options
  const details = await check(property, { numRuns: runs, seed, ...(path !== undefined && { path }) })
  return { tally, effects, failure: details.failed ? describe(options, details) : null }
}

/** Everything is well again: everybody gets everything, also who comes only now. */
async function finish(world: World): Promise<void> {
  const { origin, readers, truth } = world
  if (!origin.isUp) await origin.open()
  for (const reader of readers) {
    reader.nextCut = null
    if (reader.flow === 'paused') reader.resume()
  }
  await world.settled()
  const { start } = truth
  assert.deepEqual(await origin.kept(), truth.lives[start.life]?.records.slice(start.seq), 'the log is what it was')
}

type Failed = Pick<RunDetails<unknown>, 'numRuns' | 'numShrinks' | 'counterexamplePath' | 'errorInstance'> & {
  readonly counterexample: unknown
}

function describe({ runs, commands: mean, seed }: RunOptions, details: Failed): string {
  const { counterexample, counterexamplePath, errorInstance, numRuns, numShrinks } = details
  // Only what was drawn comes again: how it shrinks depends on what the sockets did.
  const [first] = counterexamplePath?.split(':') ?? []
  const [list, characters, chance] = counterexample as [{ toString(): string }, unknown, number]
  return [
    `Failed after ${numRuns} runs and ${numShrinks} shrinks:`,
    `${list}`,
    JSON.stringify(characters),
    `chance ${chance}`,
    errorInstance instanceof Error ? (errorInstance.stack ?? errorInstance.message) : String(errorInstance),
    `Replay: node test/log-model/long.ts --runs ${runs} --commands ${mean} --seed ${seed} --path ${first}`,
  ].join('\n')
}
