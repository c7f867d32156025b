import { expect, test } from 'vitest'
import { cut, failure, type Simulation, simulate, unauthorized } from './scripted.ts'
import { TimeLine } from './time-line.ts'

/** A renewal that the test ends by hand. */
function renewals() {
  const waiting: { resolve(): void; reject(error: Error): void }[] = []
  const authorize = (): Promise<void> =>
    new Promise((resolve, reject) => {
      waiting.push({ resolve, reject })
    })
  return { authorize, waiting }
}

const authorizing = { reconnecting: 'authorizing' }

async function connect(simulation: Simulation): Promise<void> {
  simulation.actor.send({ type: 'connect' })
  await simulation.pass(0)
}

test('a refused credential is renewed once, and the next attempt follows at once', async () => {
  const { authorize, waiting } = renewals()
  const simulation = simulate({ authorize })
  await connect(simulation)
  await simulation.refuse(unauthorized)
  expect(simulation.value()).toEqual(authorizing)
  expect(waiting).toHaveLength(1)
  waiting[0]?.resolve()
  await simulation.pass(0)
  expect(simulation.value()).toEqual({ reconnecting: 'dialing' })
  expect(simulation.attempts).toHaveLength(2)
  expect(simulation.said).toMatchObject([
    { type: 'connecting', attempt: 0 },
    { type: 'reconnecting', attempt: 1, error: { status: 401 } },
  ])
})

test('a second refusal rests in error, and nobody is asked again', async () => {
  const { authorize, waiting } = renewals()
  const simulation = simulate({ authorize })
  await connect(simulation)
  await simulation.refuse(unauthorized)
  waiting[0]?.resolve()
  await simulation.pass(0)
  await simulation.refuse(unauthorized)
  expect(simulation.value()).toBe('error')
  expect(waiting).toHaveLength(1)
})

test.each([
  [9_999, 'error'],
  [10_000, authorizing],
] as const)('a credential that held %s ms may be renewed again, or not: %o', async (held, state) => {
  const { authorize, waiting } = renewals()
  const simulation = simulate({ authorize })
  await connect(simulation)
  await simulation.refuse(unauthorized)
  waiting[0]?.resolve()
  await simulation.pass(0)
  const link = await simulation.accept()
  await simulation.pass(held)
  link.lose(failure('closed_by_server', { closeCode: 4_101 }))
  await simulation.pass(0)
  expect(simulation.value()).toEqual(state)
})

test('without an authorize function a refused credential is final', async () => {
  const simulation = simulate()
  await connect(simulation)
  await simulation.refuse(unauthorized)
  expect(simulation.value()).toBe('error')
  expect(simulation.context().credential).toBe('fixed')
  const held = simulate()
  const link = await held.opened()
  await held.pass(10_000)
  link.lose(unauthorized)
  await held.pass(0)
  expect([held.value(), held.context().credential]).toEqual(['error', 'fixed'])
})

test('connections that are refused together ask their common function once; others ask their own', async () => {
  const shared = renewals()
  const own = renewals()
  const time = new TimeLine()
  const together = [shared, shared, shared, own].map(({ authorize }) => simulate({ authorize }, { time }))
  for (const simulation of together) await connect(simulation)
  for (const simulation of together) await simulation.refuse(unauthorized)
  expect([shared.waiting.length, own.waiting.length]).toEqual([1, 1])
  shared.waiting[0]?.resolve()
  await time.pass(0)
  expect(together.map(({ attempts }) => attempts.length)).toEqual([2, 2, 2, 1])
})

test('what was renewed together is asked for anew the next time', async () => {
  const shared = renewals()
  for (const expected of [1, 2]) {
    const simulation = simulate({ authorize: shared.authorize })
    await connect(simulation)
    await simulation.refuse(unauthorized)
    expect(shared.waiting).toHaveLength(expected)
    if (expected === 1) shared.waiting[0]?.reject(new Error('no'))
    else shared.waiting[1]?.resolve()
    await simulation.pass(0)
    expect(simulation.value()).toEqual(expected === 1 ? 'error' : { reconnecting: 'dialing' })
  }
})

test('a renewal that fails, or throws at once, rests in error with its own code and its cause', async () => {
  const simulation = simulate({
    authorize: () => {
      throw new Error('signed out')
    },
  })
  await connect(simulation)
  await simulation.refuse(unauthorized)
  expect(simulation.value()).toBe('error')
  expect(simulation.context().failure).toMatchObject({
    code: 'authorize_failed',
    message: 'The credential could not be renewed.',
    cause: expect.objectContaining({ message: 'signed out' }),
  })
})

test('a close while it renews ends it, whatever the app answers later', async () => {
  const { authorize, waiting } = renewals()
  const simulation = simulate({ authorize })
  await connect(simulation)
  await simulation.refuse(unauthorized)
  simulation.actor.send({ type: 'close' })
  waiting[0]?.resolve()
  await simulation.pass(60_000)
  expect(simulation.value()).toBe('closed')
  expect(simulation.attempts).toHaveLength(1)
})

test('the total timeout holds while the app takes its time', async () => {
  const { authorize } = renewals()
  const simulation = simulate({ authorize, totalTimeout: 1_000 })
  await connect(simulation)
  await simulation.refuse(unauthorized)
  await simulation.pass(999)
  expect(simulation.value()).toEqual(authorizing)
  await simulation.pass(1)
  expect(simulation.failure()).toBe('total_timeout')
})

test('a renewal is no way past the budget', async () => {
  const { authorize, waiting } = renewals()
  const simulation = simulate({ authorize, retryBudget: 1 })
  await connect(simulation)
  await simulation.refuse(unauthorized)
  waiting[0]?.resolve()
  await simulation.pass(0)
  expect(simulation.value()).toEqual({ reconnecting: 'blocked' })
  await simulation.pass(60_000)
  expect(simulation.value()).toEqual({ reconnecting: 'dialing' })
})

test('a link that is cut for another reason asks for no new credential', async () => {
  const { authorize, waiting } = renewals()
  const simulation = simulate({ authorize })
  const link = await simulation.opened()
  link.lose(cut)
  await simulation.pass(0)
  expect(simulation.value()).toEqual({ reconnecting: 'waiting' })
  expect(waiting).toEqual([])
})
