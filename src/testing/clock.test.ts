import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { createActor, createMachine } from 'xstate'
import { gate, settle, simulatedClock, simulatedEnvironment, until } from './index.ts'

test('timers fire in the order of their times, equal ones in the order of their setting', async () => {
  const clock = simulatedClock()
  const fired: string[] = []
  clock.setTimeout(() => fired.push(`late at ${clock.now()}`), 20)
  clock.setTimeout(() => fired.push(`first at ${clock.now()}`), 10)
  clock.setTimeout(() => fired.push(`second at ${clock.now()}`), 10)
  const cleared = clock.setTimeout(() => fired.push('never'), 15)
  clock.clearTimeout(cleared)
  await clock.advance(19)
  expect([clock.now(), clock.pending]).toEqual([19, 1])
  await clock.advance(1)
  expect(fired).toEqual(['first at 10', 'second at 10', 'late at 20'])
})

test('a timer set on the way fires in the same advance', async () => {
  const clock = simulatedClock()
  const chained = createMachine({
    initial: 'one',
    states: { one: { after: { 10: 'two' } }, two: { after: { 10: 'three' } }, three: {} },
  })
  const actor = createActor(chained, { clock }).start()
  await clock.advance(19)
  expect(actor.getSnapshot().value).toBe('two')
  await clock.advance(1)
  expect(actor.getSnapshot().value).toBe('three')
})

test('what a timer waits for after a promise is set still falls due in the same advance', async () => {
  const clock = simulatedClock()
  const fired: number[] = []
  clock.setTimeout(() => {
    void Promise.resolve().then(() => clock.setTimeout(() => fired.push(clock.now()), 5))
  }, 5)
  await clock.advance(10)
  expect(fired).toEqual([10])
})

test('two advances add up, and one that throws does not stop the next', async () => {
  const clock = simulatedClock()
  clock.setTimeout(() => {
    throw new Error('a timer threw')
  }, 5)
  const [first] = await Promise.allSettled([clock.advance(10), clock.advance(10)])
  expect(first).toMatchObject({ status: 'rejected', reason: { message: 'a timer threw' } })
  await clock.advance(5)
  expect(clock.now()).toBe(20)
})

test('sockets get their turns while time passes', async () => {
  const server = createServer((socket) => void socket.end('hello')).listen(0, '127.0.0.1')
  await settle(() => server.listening)
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('There is no port.')
  const clock = simulatedClock()
  const answer = fetch(`http://127.0.0.1:${address.port}`).then(
    () => 'answered',
    () => 'failed',
  )
  let result = ''
  void answer.then((how) => {
    result = how
  })
  for (let minute = 0; minute < 1_000 && result === ''; minute++) {
    clock.setTimeout(() => {}, 1)
    await clock.advance(60_000)
  }
  expect(result).toBe('failed')
  server.close()
})

test('until answers the snapshot that holds, and says where the actor is when none does', async () => {
  const clock = simulatedClock()
  const light = createMachine({ initial: 'red', states: { red: { after: { 10: 'green' } }, green: { type: 'final' } } })
  const actor = createActor(light, { clock }).start()
  const green = until(actor, (snapshot) => snapshot.matches('green'))
  await clock.advance(10)
  expect((await green).status).toBe('done')
  await expect(until(actor, (snapshot) => snapshot.matches('red'), { timeout: 5 })).rejects.toThrow('is in "green"')
})

test('an environment remembers what it said, and tells it to those who listen', () => {
  const environment = simulatedEnvironment()
  const heard: string[] = []
  const unsubscribe = environment.subscribe(({ type }) => heard.push(type))
  environment.say('network.offline')
  environment.say('page.hidden')
  expect(environment.current()).toEqual({ network: 'offline', page: 'hidden' })
  unsubscribe()
  environment.say('network.online')
  environment.say('page.wake')
  expect(environment.current()).toEqual({ network: 'online', page: 'hidden' })
  expect(heard).toEqual(['network.offline', 'page.hidden'])
})

test('a gate lets through whoever waits, once', async () => {
  const pass = gate()
  const first = pass()
  pass.open()
  await first
  const second = pass()
  pass.refuse()
  await expect(second).rejects.toThrow('no new credential')
})
