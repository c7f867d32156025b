/**
 * The ways in which history is lost: what the server knew at first, what it knows then, and what is left to read.
 *
 * @module
 */
import type { StreamStore } from '../../src/server/stores/store.ts'
import { shapedStore } from '../../src/server/testing/shaped-store.ts'
import { type Entry, entries } from '../server-faults/log.ts'
import { openStage, STREAM, type Stage } from '../server-faults/stage.ts'
import { Junction } from './junction.ts'

/** How many records there are before anything is lost. */
export const HELD = 10

export interface Loss {
  readonly reason: 'trimmed' | 'generation' | 'truncated'
  /** How many of those behind the held ones are gone; `null` when nobody can know. */
  readonly lost: number | null
  /** What is left. */
  readonly left: readonly Entry[]
  /** Opens the server, with {@link HELD} records. */
  open(): Promise<Scene>
}

export interface Scene {
  readonly first: Stage
  /** The address of the stream. */
  readonly url: string
  /** Cuts every connection. */
  cut(): void
  /** The loss; resolves with the server that is left. */
  lose(): Promise<Stage>
}

async function sceneOf(lose: (stage: Stage) => Promise<unknown>): Promise<Scene> {
  const first = await openStage()
  await first.fill(1, HELD)
  return {
    first,
    url: first.at(),
    cut: () => first.cut(),
    async lose() {
      await lose(first)
      return first
    },
  }
}

const GEN = '0192f0a1b2c3d4e5'

type Terms = readonly { readonly term: number; readonly after: number }[]

/** A node's copy of one stream: of the same generation on every node, with the terms that this one knows. */
function copyWith(terms: Terms): StreamStore {
  const copy = shapedStore({ head: (known) => ({ ...known, gen: GEN, terms }) })
  return { ...copy, watch: (listener) => copy.watch((hint) => listener({ ...hint, gen: GEN })) }
}

/** A fail-over to a node that had heard of the first six only, and has gone on by itself since. */
async function failedOver(): Promise<Scene> {
  const head = (terms: Terms) => openStage({ store: () => copyWith(terms) })
  const first = await head([{ term: 1, after: 0 }])
  await first.fill(1, HELD)
  const junction = new Junction(first.port)
  const address = await junction.listen()
  return {
    first,
    url: `${address}/v1/stream/${STREAM}`,
    cut: () => junction.cut(),
    async lose() {
      const terms = [
        { term: 1, after: 0 },
        { term: 2, after: 6 },
      ]
      const second = await head(terms)
      await second.fill(1, 6)
      await second.fill(201, 210)
      junction.upstream = second.port
      return second
    },
  }
}

export const losses: readonly Loss[] = [
  {
    reason: 'trimmed',
    lost: 7,
    left: entries(18, 30),
    open: () =>
      sceneOf(async (stage) => {
        await stage.fill(11, 30)
        await stage.server.stream(STREAM).trim({ through: 17 })
      }),
  },
  {
    reason: 'generation',
    lost: null,
    left: entries(101, 130),
    open: () =>
      sceneOf(async (stage) => {
        await stage.server.stream(STREAM).delete()
        await stage.fill(101, 130)
      }),
  },
  { reason: 'truncated', lost: null, left: [...entries(1, 6), ...entries(201, 210)], open: failedOver },
]
