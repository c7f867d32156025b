import { describe, expect, test } from 'vitest'
import { cut, forbidden, receivingConnection, type Simulation, simulate } from './scripted.ts'

const draining = { type: 'close', drain: true, code: 4_000 } as const
const closing = (flow: string) => ({ connected: { flow, liveness: 'unwatched' } })

function send(simulation: Simulation, ...items: string[]): void {
  for (const data of items) simulation.actor.send({ type: 'send', data })
}

/** The codes of the errors that were said. */
function errors({ said }: Simulation): string[] {
  return said.flatMap((event) => (event.type === 'error' ? [event.error.code] : []))
}

test('a close with drain waits until everything is sent, and says goodbye then', async () => {
  const simulation = simulate()
  const { actor, opened, pass, value } = simulation
  const link = await opened()
  send(simulation, 'one', 'two')
  await pass(0)
  actor.send(draining)
  await pass(4_000)
  expect(value()).toEqual(closing('draining'))
  expect(link.farewell).toBeNull()
  expect(link.written.map(({ data }) => data)).toEqual(['one', 'two'])
  link.settle()
  expect(value()).toBe('closed')
  expect(link.farewell).toEqual({ code: 4_000 })
  expect(actor.getSnapshot().output).toEqual({ reason: 'closed', code: 4_000, position: null, received: 0, sent: 2 })
  expect(simulation.time.pending).toEqual([])
  expect(errors(simulation)).toEqual([])
})

test('a drain waits for a first message whose outbox is still being loaded', async () => {
  const simulation = simulate({}, { logic: receivingConnection })
  const link = await simulation.opened()
  send(simulation, 'one', 'two')
  simulation.actor.send(draining)
  expect(simulation.value()).toEqual(closing('draining'))
  await expect.poll(() => link.written.map(({ data }) => data)).toEqual(['one', 'two'])
  link.settle()
  expect(simulation.value()).toBe('closed')
  expect(simulation.actor.getSnapshot().output).toMatchObject({ sent: 2 })
})

test('the deadline of a drain is 5 s, exactly', async () => {
  const simulation = simulate()
  const { actor, opened, pass, value } = simulation
  await opened()
  send(simulation, 'never taken')
  await pass(100)
  actor.send(draining)
  await pass(4_999)
  expect(value()).toEqual(closing('draining'))
  await pass(1)
  expect(value()).toBe('closed')
  expect(actor.getSnapshot().output).toMatchObject({ reason: 'closed', sent: 0 })
  expect(simulation.time.pending).toEqual([])
})

test('the deadline is an option', async () => {
  const simulation = simulate({ closeTimeout: 70 })
  const { actor, opened, pass, value } = simulation
  await opened()
  send(simulation, 'never taken')
  actor.send(draining)
  await pass(69)
  expect(value()).toEqual(closing('draining'))
  await pass(1)
  expect(value()).toBe('closed')
})

test('a second close cuts the drain short, whether it drains as well or not, and its code counts', async () => {
  for (const drain of [true, false, undefined]) {
    const simulation = simulate()
    const { actor, opened, pass } = simulation
    const link = await opened()
    send(simulation, 'one')
    await pass(0)
    actor.send(draining)
    actor.send({ type: 'close', code: 4_001, drain })
    expect(actor.getSnapshot().output).toMatchObject({ reason: 'closed', code: 4_001 })
    expect(link.farewell).toEqual({ code: 4_001 })
    expect(simulation.time.pending).toEqual([])
  }
})

test('without anything to send, and without being asked to drain, a close is a close', async () => {
  const empty = simulate()
  await empty.opened()
  empty.actor.send(draining)
  expect(empty.value()).toBe('closed')
  const plain = simulate()
  await plain.opened()
  send(plain, 'one')
  plain.actor.send({ type: 'close' })
  expect(plain.value()).toBe('closed')
})

test('what was sent before is no reason to wait', async () => {
  const simulation = simulate()
  const { actor, opened, pass, value } = simulation
  const link = await opened()
  send(simulation, 'one')
  await pass(0)
  link.settle()
  actor.send(draining)
  expect(value()).toBe('closed')
})

test('while it drains nothing new is taken, and the refusal is said', async () => {
  const simulation = simulate()
  const { actor, opened, pass } = simulation
  const link = await opened()
  send(simulation, 'one')
  actor.send(draining)
  send(simulation, 'too late')
  await pass(0)
  expect(errors(simulation)).toEqual(['send_refused'])
  expect(link.written.map(({ data }) => data)).toEqual(['one'])
})

test('messages still come in while it drains, also to one who had paused and resumes', async () => {
  const simulation = simulate()
  const { actor, opened, pass, said } = simulation
  const link = await opened()
  send(simulation, 'one')
  actor.send({ type: 'pause' })
  await pass(0)
  actor.send(draining)
  expect(simulation.value()).toEqual(closing('draining'))
  actor.send({ type: 'resume' })
  await pass(0)
  link.deliver('news')
  expect(said.filter(({ type }) => type === 'message')).toHaveLength(1)
})

test('a drain while connecting sends once the link is open, and closes', async () => {
  const simulation = simulate()
  const { actor, accept, pass, value } = simulation
  actor.send({ type: 'connect' })
  send(simulation, 'one')
  actor.send(draining)
  await pass(1_000)
  expect(value()).toBe('connecting')
  const link = await accept()
  expect(value()).toEqual(closing('draining'))
  link.settle()
  expect(value()).toBe('closed')
  expect(actor.getSnapshot().output).toMatchObject({ sent: 1 })
})

test('a drain goes on over a reconnection, and its deadline runs on', async () => {
  const simulation = simulate({ random: () => 0.5 })
  const { actor, opened, accept, pass, value } = simulation
  const link = await opened()
  link.lose(cut)
  await pass(0)
  send(simulation, 'one')
  actor.send(draining)
  expect(value()).toEqual({ reconnecting: 'waiting' })
  await pass(250)
  const next = await accept()
  expect(next.written.map(({ data }) => data)).toEqual(['one'])
  await pass(4_749)
  expect(value()).toEqual(closing('draining'))
  await pass(1)
  expect(value()).toBe('closed')
})

test('a drain while reconnecting that never gets there ends at its deadline', async () => {
  const simulation = simulate()
  const { actor, opened, pass, value, attempts } = simulation
  const link = await opened()
  link.lose(cut)
  await pass(0)
  send(simulation, 'one')
  actor.send(draining)
  await pass(4_999)
  expect(value()).toEqual({ reconnecting: 'dialing' })
  await pass(1)
  expect(value()).toBe('closed')
  expect(attempts.at(-1)?.request.signal.aborted).toBe(true)
  await pass(60_000)
  expect(attempts).toHaveLength(2)
})

test('a link that is cut while it drains is dialled again, for what no link has taken', async () => {
  const simulation = simulate({ outbox: { maxBatch: 1 } })
  const { actor, opened, accept, pass, value } = simulation
  const link = await opened()
  link.link.write = () => new Promise(() => {})
  send(simulation, 'taken', 'waiting')
  await pass(0)
  actor.send(draining)
  link.lose(cut)
  await pass(250)
  const next = await accept()
  expect(next.written.map(({ data }) => data)).toEqual(['waiting'])
  expect(errors(simulation)).toEqual(['send_unconfirmed'])
  next.settle()
  expect(value()).toBe('closed')
})

test('a failure that nothing mends ends a drain in closed, not in error, and is said', async () => {
  const simulation = simulate()
  const { actor, opened, pass, value, said } = simulation
  const link = await opened()
  send(simulation, 'one')
  await pass(0)
  actor.send(draining)
  link.lose(forbidden)
  await pass(0)
  expect(value()).toBe('closed')
  expect(simulation.time.pending).toEqual([])
  expect(said.filter(({ type }) => type === 'error' || type === 'closed').map(({ type }) => type)).toContain('closed')
  expect(errors(simulation)).toContain('http_status')
})

test('the total timeout ends a drain too', async () => {
  const simulation = simulate({ totalTimeout: 1_000 })
  const { actor, opened, pass, value } = simulation
  await opened()
  send(simulation, 'one')
  actor.send(draining)
  await pass(999)
  expect(value()).toEqual(closing('draining'))
  await pass(1)
  expect(value()).toBe('closed')
  expect(errors(simulation)).toContain('total_timeout')
})

test('a peer that ends the protocol while it drains is done, not closed', async () => {
  const simulation = simulate()
  const { actor, opened, pass } = simulation
  const link = await opened()
  send(simulation, 'one')
  actor.send(draining)
  link.end()
  await pass(0)
  expect(actor.getSnapshot().output).toMatchObject({ reason: 'done' })
})

test('an outbox that runs empty closes nobody who did not ask for it', async () => {
  const simulation = simulate()
  const { actor, opened, pass, value } = simulation
  const link = await opened()
  send(simulation, 'one')
  await pass(0)
  link.settle()
  expect(value()).toEqual(closing('flowing'))
  actor.send({ type: 'outbox.drained' })
  expect(value()).toEqual(closing('flowing'))
})

test('a connection that was draining when it was persisted closes after it was restored', async () => {
  const first = simulate()
  await first.opened()
  send(first, 'one')
  first.actor.send(draining)
  const snapshot = JSON.parse(JSON.stringify(first.actor.getPersistedSnapshot()))
  first.actor.stop()
  const second = simulate({}, { snapshot, answer: (attempt) => void attempt.open() })
  await second.pass(60_000)
  expect(second.value()).toBe('closed')
})

describe('saying it twice changes nothing', () => {
  const reach: Record<string, (simulation: Simulation) => Promise<unknown>> = {
    connecting: async ({ actor }) => actor.send({ type: 'connect' }),
    connected: async ({ opened }) => opened(),
    'reconnecting, waiting': async ({ opened, pass }) => {
      const link = await opened()
      link.lose(cut)
      await pass(0)
    },
    'reconnecting, dialing': async ({ opened, pass }) => {
      const link = await opened()
      link.lose(cut)
      await pass(250)
    },
  }
  test.each(Object.entries(reach))('connect while %s', async (_, go) => {
    const simulation = simulate()
    await go(simulation)
    const { attempts, context, value } = simulation
    const before = [value(), attempts.length, context().attempt]
    simulation.actor.send({ type: 'connect' })
    await simulation.pass(0)
    expect([value(), attempts.length, context().attempt]).toEqual(before)
  })

  test.each([...Object.entries(reach), ['idle', async () => {}] as const])(
    'close while %s, and again',
    async (_, go) => {
      const simulation = simulate()
      await go(simulation)
      simulation.actor.send({ type: 'close', code: 4_000 })
      simulation.actor.send({ type: 'close', code: 4_001 })
      simulation.actor.send({ type: 'connect' })
      await simulation.pass(60_000)
      expect(simulation.value()).toBe('closed')
      expect(simulation.actor.getSnapshot().output).toMatchObject({ reason: 'closed', code: 4_000 })
      expect(simulation.said.filter(({ type }) => type === 'closed')).toHaveLength(1)
      expect(simulation.time.pending).toEqual([])
    },
  )

  test('close in error, where connect begins anew', async () => {
    const simulation = simulate()
    const { actor, refuse, value, attempts, context } = simulation
    actor.send({ type: 'connect' })
    await refuse(forbidden)
    expect(value()).toBe('error')
    actor.send({ type: 'connect' })
    expect(value()).toBe('connecting')
    expect(context()).toMatchObject({ attempt: 0, failure: null, failingSince: null, ending: null })
    await refuse(forbidden)
    expect(attempts).toHaveLength(2)
    actor.send({ type: 'close' })
    expect(value()).toBe('closed')
  })
})
