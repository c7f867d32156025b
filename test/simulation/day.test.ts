import { expect, test } from 'vitest'
import { seeded } from './herd.ts'
import { type LinkKind, type ScriptedLink, simulate, surroundings } from './scripted.ts'
import { TimeLine } from './time-line.ts'

const hour = 3_600_000
/** A third of a day where there is a quarter of an hour for everything. */
const hours = process.env.CI === 'true' ? 8 : 24
/** `DAY_SEED=7 vitest run …` runs that day again. */
const seed = Number(process.env.DAY_SEED ?? Date.now() % 2 ** 31)

interface Day {
  readonly kind: LinkKind
  readonly time: TimeLine
  readonly random: () => number
  readonly link: ScriptedLink
  readonly pass: (milliseconds: number) => Promise<void>
  readonly say: ReturnType<typeof surroundings>['say']
}

/** A peer that lives: a heartbeat every 5 s, and an answer to each ping after as long as a bad network takes. */
function live(time: TimeLine, link: ScriptedLink, random: () => number): void {
  const beat = (): void => {
    link.hear()
    time.arrive(beat, 5_000)
  }
  time.arrive(beat, 5_000)
  link.onPing = () => time.arrive(() => link.hear(), 20 + random() * 800)
}

/** Runs a day of it; fails when the link was lost once. */
async function day(kind: LinkKind, first: TimeLine['first'], trouble: (day: Day) => Promise<void>): Promise<void> {
  const time = new TimeLine()
  time.first = first
  const { environment, say } = surroundings(time)
  const { attempts, opened, pass, failure, said } = simulate({ heartbeatInterval: 5_000, environment }, { time })
  const link = await opened(kind)
  const random = seeded(seed)
  live(time, link, random)
  while (time.now() < hours * hour) await trouble({ kind, time, random, link, pass, say })
  expect(failure(), `seed ${seed}, at ${time.now()} ms`).toBeUndefined()
  expect(attempts, `seed ${seed}`).toHaveLength(1)
  expect(said.map(({ type }) => type)).toEqual(['connecting', 'connected'])
}

const cases = (['ping', 'wait'] as const).flatMap((kind) =>
  (['timer', 'arrival'] as const).map((first) => [kind, first] as const),
)

console.log(`${hours} simulated hours, seed ${seed}`)

test.each(cases)(
  'timers once a second or once a minute: %s link, %s first',
  { timeout: 60_000 },
  async (kind, first) => {
    await day(kind, first, async ({ time, random, pass }) => {
      const step = random() < 0.5 ? 1_000 : 60_000
      time.firesAt = (due) => Math.ceil(due / step) * step
      await pass(30 * 60_000)
    })
  },
)

test.each(cases)(
  'an event loop that is blocked for 5 s every minute: %s link, %s first',
  { timeout: 60_000 },
  async (kind, first) => {
    await day(kind, first, async ({ time, random, pass }) => {
      await pass(55_000 + random() * 5_000)
      time.block(5_000)
    })
  },
)

test.each(cases)(
  'blocked for minutes, and nobody says so: %s link, %s first',
  { timeout: 60_000 },
  async (kind, first) => {
    await day(kind, first, async ({ time, random, pass }) => {
      await pass(random() * 600_000)
      time.block(60_000 + random() * 600_000)
    })
  },
)

test.each(['timer', 'arrival'] as const)(
  'frozen for minutes and resumed, a link that can ask, %s first',
  { timeout: 60_000 },
  async (first) => {
    await day('ping', first, async ({ time, random, pass, say }) => {
      await pass(random() * 600_000)
      say({ type: 'page', page: 'hidden' })
      await pass(random() * 60_000)
      say({ type: 'frozen' })
      time.block(60_000 + random() * 600_000)
      // What the platform says may come before everything that lies ready, or after.
      if (random() < 0.5) await pass(0)
      say({ type: 'resumed' })
      say({ type: 'page', page: 'visible' })
      say({ type: 'focus' })
    })
  },
)

test.each(cases)(
  'a wall clock that is set looks like sleep: %s link, %s first',
  { timeout: 60_000 },
  async (kind, first) => {
    await day(kind, first, async ({ random, pass, say }) => {
      await pass(random() * 120_000)
      say({ type: 'slept' })
    })
  },
)

test.each(cases)(
  'somebody looks at the page all the time: %s link, %s first',
  { timeout: 60_000 },
  async (kind, first) => {
    await day(kind, first, async ({ random, pass, say }) => {
      await pass(random() * 60_000)
      say({ type: 'page', page: 'hidden' })
      say({ type: 'page', page: 'visible' })
      say({ type: 'focus' })
    })
  },
)

test.each(['timer', 'arrival'] as const)(
  'frozen and resumed, a link that can only wait, %s first',
  { timeout: 60_000 },
  async (first) => {
    await day('wait', first, async ({ time, random, pass, say }) => {
      await pass(random() * 600_000)
      say({ type: 'frozen' })
      time.block(60_000 + random() * 600_000)
      if (random() < 0.5) await pass(0)
      say({ type: 'resumed' })
    })
  },
)
