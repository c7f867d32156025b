import { describe, expect, test } from 'vitest'
import { cut, failure, forbidden, type Simulation, scriptedPost, simulate } from '../../test/simulation/scripted.ts'
import { TimeLine } from '../../test/simulation/time-line.ts'
import { createPool, type Pool, type PoolOptions } from './pool.ts'

const url = 'https://one.example/stream'
const origin = 'https://one.example'
const blocked = { reconnecting: 'blocked' }
const dialing = { reconnecting: 'dialing' }
const waiting = { reconnecting: 'waiting' }

function openPool(options: PoolOptions = {}) {
  const time = new TimeLine()
  const pool = createPool({ clock: time, ...options })
  return { pool, time, state: () => pool.breaker(origin)?.getSnapshot().value }
}

async function connected({ pool, time }: { pool: Pool; time: TimeLine }, chance = 0.5): Promise<Simulation> {
  const simulation = simulate({ pool, random: () => chance }, { time, url })
  await simulation.opened()
  return simulation
}

/** Everybody's link is cut at once: `count` failures in a row. */
async function cutAll(
  simulations: readonly Simulation[],
  links: readonly { lose(error: Error): void }[],
): Promise<void> {
  for (const link of links) link.lose(cut)
  await simulations[0]?.pass(0)
}

async function many(house: ReturnType<typeof openPool>, count: number, chance?: number) {
  const simulations: Simulation[] = []
  const links = []
  for (let index = 0; index < count; index++) {
    const simulation = simulate({ pool: house.pool, random: () => chance ?? 0.5 }, { time: house.time, url })
    simulations.push(simulation)
    links.push(await simulation.opened())
  }
  return { simulations, links }
}

test('five failures in a row open the breaker of an origin, for everybody who waits', async () => {
  const house = openPool()
  const { simulations, links } = await many(house, 5)
  await cutAll(simulations.slice(0, 4), links.slice(0, 4))
  expect(house.state()).toBe('closed')
  expect(simulations.slice(0, 4).map(({ value }) => value())).toEqual(Array(4).fill(waiting))
  await cutAll(simulations, links)
  expect(house.state()).toBe('open')
  expect(simulations.slice(0, 4).map(({ value }) => value())).toEqual(Array(4).fill(blocked))
})

test('while it is open nobody dials; then one tries for all', async () => {
  const house = openPool()
  const { simulations, links } = await many(house, 8)
  await cutAll(simulations, links)
  await house.time.pass(4_998)
  expect(simulations.map(({ attempts }) => attempts.length)).toEqual(Array(8).fill(1))
  await house.time.pass(10)
  expect(simulations.filter(({ value }) => JSON.stringify(value()) === JSON.stringify(dialing))).toHaveLength(1)
  expect(house.state()).toEqual({ halfOpen: 'trying' })
})

test('when the trial succeeds the others are let go, each with a wait of its own of up to four seconds', async () => {
  const house = openPool()
  const { simulations, links } = await many(house, 6, 0.25)
  await cutAll(simulations, links)
  await house.time.pass(5_010)
  const trial = simulations.find(({ attempts }) => attempts.length === 2)
  await trial?.accept()
  expect(house.state()).toBe('closed')
  const others = simulations.filter((simulation) => simulation !== trial)
  for (const other of others) expect(other.context().delay).toBe(1_000)
  expect(others.map(({ value }) => value())).toEqual(Array(5).fill(waiting))
  await house.time.pass(1_000)
  expect(others.map(({ value }) => value())).toEqual(Array(5).fill(dialing))
})

test('when it fails all wait twice as long, and again for one', async () => {
  const house = openPool()
  const { simulations, links } = await many(house, 5)
  await cutAll(simulations, links)
  await house.time.pass(5_010)
  const trial = simulations.find(({ attempts }) => attempts.length === 2)
  await trial?.refuse(failure('network'))
  expect(house.state()).toBe('open')
  await house.time.pass(9_980)
  expect(simulations.reduce((sum, { attempts }) => sum + attempts.length, 0)).toBe(6)
  await house.time.pass(30)
  expect(simulations.reduce((sum, { attempts }) => sum + attempts.length, 0)).toBe(7)
})

test('a trial that hangs makes room for another one after its time', async () => {
  const house = openPool({ trialTimeout: 3_000 })
  const { simulations, links } = await many(house, 5)
  await cutAll(simulations, links)
  await house.time.pass(5_010)
  const total = () => simulations.reduce((sum, { attempts }) => sum + attempts.length, 0)
  expect(total()).toBe(6)
  await house.time.pass(2_980)
  expect(total()).toBe(6)
  await house.time.pass(30)
  expect(total()).toBe(7)
})

test('a failure that comes late, while it is open, keeps nobody out for longer', async () => {
  const house = openPool()
  const late = await connected(house)
  const { simulations, links } = await many(house, 5)
  await cutAll(simulations, links)
  await house.time.pass(4_000)
  late.actor.send({ type: 'close' })
  house.pool.join(origin, () => {}).failed()
  const newcomer = house.pool.join(origin, () => {})
  expect(newcomer.wait()).toBe(1_000)
})

test('who is new, or comes back from an error, does not dial either while it is open', async () => {
  const house = openPool()
  const { simulations, links } = await many(house, 5)
  await cutAll(simulations, links)
  const newcomer = simulate({ pool: house.pool }, { time: house.time, url })
  newcomer.actor.send({ type: 'connect' })
  await house.time.pass(0)
  expect(newcomer.attempts).toHaveLength(0)
  expect(newcomer.value()).toEqual(blocked)
})

test('another origin is another matter', async () => {
  const house = openPool()
  const { simulations, links } = await many(house, 5)
  await cutAll(simulations, links)
  const other = simulate({ pool: house.pool }, { time: house.time, url: 'https://two.example/' })
  other.actor.send({ type: 'connect' })
  await house.time.pass(0)
  expect(other.value()).toBe('connecting')
  expect(house.pool.breaker('https://two.example')?.getSnapshot().value).toBe('closed')
  expect(house.pool.breaker('https://three.example')).toBeUndefined()
})

describe('what the breaker makes of a failure', () => {
  const opens = async (error: ReturnType<typeof failure>, logic?: typeof scriptedPost): Promise<unknown> => {
    const house = openPool({ threshold: 1 })
    const simulation = simulate({ pool: house.pool }, { time: house.time, url, logic })
    simulation.actor.send({ type: 'connect' })
    await house.time.pass(0)
    await simulation.refuse(error)
    return house.state()
  }
  test.each([
    ['a cut', failure('network')],
    ['an overloaded server', failure('http_status', { status: 503 })],
    ['a timeout', failure('connect_timeout')],
  ])('%s is one', async (_, error) => {
    expect(await opens(error)).toBe('open')
  })

  test.each([
    ['a refusal', forbidden],
    ['a wrong credential', failure('http_status', { status: 401 })],
    ['an end', failure('http_status', { status: 204 })],
  ])('%s is an answer', async (_, error) => {
    expect(await opens(error)).toBe('closed')
  })

  test('a planned end is none: a server that drains sends everybody away and is well', async () => {
    expect(await opens(failure('closed_by_server', { closeCode: 4_300 }))).toBe('closed')
  })

  test('a request that must not be repeated failed all the same', async () => {
    const house = openPool({ threshold: 2 })
    house.pool.join(origin, () => {}).failed()
    const post = simulate({ pool: house.pool }, { time: house.time, url, logic: scriptedPost })
    post.actor.send({ type: 'connect' })
    await house.time.pass(0)
    await post.refuse(failure('network', { repeatable: false }))
    expect(house.state()).toBe('open')
  })

  test('whose own time ran out says nothing about the server', async () => {
    const house = openPool()
    const { simulations, links } = await many(house, 5)
    const hasty = simulate({ pool: house.pool, totalTimeout: 1_000 }, { time: house.time, url })
    const link = await hasty.opened()
    await cutAll(simulations, [...links, link])
    expect(house.state()).toBe('open')
    await house.time.pass(1_000)
    expect(hasty.failure()).toBe('total_timeout')
    expect(house.state()).toBe('open')
  })

  test('an option that cannot be, which no server has seen, says nothing about it either', async () => {
    const house = openPool({ threshold: 2 })
    const member = house.pool.join(origin, () => {})
    member.failed()
    const wrong = simulate({ pool: house.pool, connectTimeout: -1 }, { time: house.time, url })
    wrong.actor.send({ type: 'connect' })
    await house.time.pass(0)
    expect(wrong.failure()).toBe('bad_option')
    member.failed()
    expect(house.state()).toBe('open')
  })

  test('a link that opens is an answer', async () => {
    const house = openPool({ threshold: 2 })
    const member = house.pool.join(origin, () => {})
    member.failed()
    await connected(house)
    member.failed()
    expect(house.state()).toBe('closed')
  })
})

test('the pool has 120 requests in any minute unless it says otherwise', () => {
  const { pool, time } = openPool()
  const one = pool.join(origin, () => {})
  const other = pool.join(origin, () => {})
  for (let request = 0; request < 120; request++) {
    expect(other.wait()).toBe(0)
    one.spend()
  }
  expect(other.wait()).toBe(60_000)
  time.block(60_000)
  expect(other.wait()).toBe(0)
})

test('what a member is told to wait is what is left of the cooldown, or of the trial, and at least a millisecond', async () => {
  const { pool, time } = openPool({ threshold: 1, cooldown: 1_000, trialTimeout: 500 })
  const member = pool.join(origin, () => {})
  await time.pass(70)
  member.failed()
  expect(member.wait()).toBe(1_000)
  await time.pass(999)
  expect(member.wait()).toBe(1)
  time.block(50)
  expect(member.wait()).toBe(1)
  await time.pass(0)
  expect(member.wait()).toBe(0)
  member.spend()
  expect(member.wait()).toBe(500)
  await time.pass(499)
  expect(member.wait()).toBe(1)
})

test.each([
  [{ threshold: 0 }, 'threshold'],
  [{ cooldown: Number.NaN }, 'cooldown'],
  [{ longestCooldown: Number.POSITIVE_INFINITY }, 'longestCooldown'],
  [{ trialTimeout: 2 ** 31 }, 'trialTimeout'],
  [{ requestsPerMinute: -1 }, 'requestsPerMinute'],
])('%o is refused and named', (options, name) => {
  expect(() => createPool(options)).toThrow(
    expect.objectContaining({ code: 'bad_option', message: expect.stringContaining(name) }),
  )
})

test('numbers at their very edges are taken', () => {
  expect(() => createPool({ threshold: 1, trialTimeout: 2 ** 31 - 1, cooldown: 0.5 })).not.toThrow()
})

test('without a clock of its own a pool lives in real time', () => {
  const pool = createPool({ threshold: 1 })
  const member = pool.join(origin, () => {})
  member.failed()
  expect(member.wait()).toBeGreaterThan(4_000)
  expect(member.wait()).toBeLessThanOrEqual(5_000)
  pool.breaker(origin)?.stop()
})
