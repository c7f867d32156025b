/**
 * What is told of XState machines: exact, in order, from whatever moment on.
 *
 * @module
 */
import { expect, it, onTestFinished, vi } from 'vitest'
import {
  type AnyActorLogic,
  assign,
  cancel,
  createActor,
  createMachine,
  fromCallback,
  fromPromise,
  fromTransition,
  raise,
  setup,
} from 'xstate'
import { attachInspector, memoryLink } from '../../../inspector/attach/index.ts'
import { transitionKey, transitionsOf } from '../../../inspector/chart/labels.ts'
import { simulatedClock } from '../../../src/testing/clock.ts'
import { type Inspected, inspected, light, lookAt } from './inspected.ts'

it('tells an event, the transition that was taken, and where it has led', () => {
  const actor = createActor(light, { clock: simulatedClock() })
  const { of, told } = inspected(actor)
  actor.start()
  actor.send({ type: 'go' })
  const [first, second] = of('event')
  const steps = of('step')
  expect(told.map(({ kind }) => kind)).toEqual([
    'hello',
    'definition',
    'actor',
    'event',
    'step',
    'event',
    'timer',
    'step',
  ])
  expect([first?.type, second?.type]).toEqual(['xstate.init', 'go'])
  expect(steps[1]).toMatchObject({
    because: second?.seq,
    value: 'green',
    tags: ['online'],
    taken: ['light.red go 1'],
    status: 'active',
  })
})

it('names transitions as the machine that a viewer makes of the definition names them', () => {
  const actor = createActor(light, { clock: simulatedClock() }).start()
  const { last } = inspected(actor)
  actor.send({ type: 'go' })
  const machine = createMachine(JSON.parse(last('definition').json))
  const keys = Object.values(machine.states).flatMap((state) => transitionsOf(state).map(transitionKey))
  expect(keys).toContain(last('step').taken?.[0])
  expect(Object.keys(machine.states)).toEqual(['red', 'blue', 'green', 'off'])
})

it('tells nothing of an actor that is never started', () => {
  const { of } = inspected(createActor(light))
  expect(of('actor')).toEqual([])
})

it('tells one that runs already as it is, with what it waits for', () => {
  const actor = createActor(light, { clock: simulatedClock() }).start()
  actor.send({ type: 'go' })
  const { last, of } = inspected(actor)
  expect(last('actor')).toMatchObject({
    name: 'light',
    logic: 'machine',
    value: 'green',
    status: 'active',
    parent: null,
  })
  expect(last('actor').waits).toMatchObject([{ event: 'xstate.after.500.light.green', delay: 500 }])
  expect(of('event')).toEqual([])
})

it('tells a delay when it begins, and the event that ends it', async () => {
  const clock = simulatedClock()
  const actor = createActor(light, { clock }).start()
  const { last } = inspected(actor)
  actor.send({ type: 'go' })
  expect(last('timer')).toMatchObject({ event: 'xstate.after.500.light.green', delay: 500 })
  await clock.advance(500)
  expect([last('event').type, last('step').value]).toEqual(['xstate.after.500.light.green', 'red'])
})

it('tells that a delay is cancelled, and not that one is that has come or never was', async () => {
  const clock = simulatedClock()
  const machine = createMachine({
    id: 'egg',
    initial: 'raw',
    states: {
      raw: {
        after: { 500: 'boiled', 900: 'burnt' },
        entry: raise({ type: 'remind' }, { id: 'reminder', delay: 300 }),
        on: { quiet: { actions: cancel('reminder') }, never: { actions: cancel('nothing') } },
      },
      boiled: { on: { again: 'raw', quiet: { actions: cancel('reminder') } } },
      burnt: {},
    },
  })
  const actor = createActor(machine, { clock }).start()
  const { of, viewer } = inspected(actor)
  const cancelled = () => of('cancelled').map(({ event }) => event)
  actor.send({ type: 'never' })
  expect(cancelled()).toEqual([])
  await clock.advance(300)
  actor.send({ type: 'quiet' })
  await clock.advance(200)
  expect(cancelled()).toEqual(['xstate.after.900.egg.raw'])
  actor.send({ type: 'again' })
  viewer.ask({ kind: 'sync' })
  actor.send({ type: 'quiet' })
  expect(cancelled()).toEqual(['xstate.after.900.egg.raw', 'remind'])
})

it('gives no reason for a step whose event was sent before anybody listened', () => {
  let looked: Inspected | undefined
  const look = () => {
    looked = inspected(actor)
  }
  const actor = createActor(
    createMachine({
      id: 'late',
      initial: 'a',
      states: { a: { on: { go: { target: 'b', actions: look } } }, b: {} },
    }),
  ).start()
  actor.send({ type: 'go' })
  expect(looked?.last('step')).toMatchObject({ value: 'b', because: 0 })
})

it('tells an event that nobody takes, with no transition', () => {
  const actor = createActor(light, { clock: simulatedClock() }).start()
  const { last } = inspected(actor)
  actor.send({ type: 'nothing' })
  expect([last('event').type, last('step').taken]).toEqual(['nothing', []])
})

it('tells that an actor is gone, and how it ended', () => {
  const actor = createActor(light, { clock: simulatedClock() }).start()
  const { last } = inspected(actor)
  actor.send({ type: 'go' })
  actor.send({ type: 'stop' })
  expect([last('step').status, last('gone').status]).toEqual(['done', 'done'])
})

it('tells who looks again which actors have ended while nobody looked', () => {
  const child = setup({}).createMachine({ id: 'child' })
  const parent = setup({ actors: { child } }).createMachine({
    initial: 'busy',
    states: { busy: { invoke: { src: 'child', id: 'job' }, on: { rest: 'idle' } }, idle: {} },
  })
  const root = createActor(parent).start()
  const { link, viewer, of } = inspected(root)
  const job = of('actor').find(({ name }) => name === 'job')?.actor
  viewer.leave()
  root.send({ type: 'rest' })
  const again = lookAt(link)
  expect(again.of('gone')).toMatchObject([{ actor: job, status: 'stopped' }])
  expect(again.of('actor')).toHaveLength(1)
})

it('tells children under their parents, each by what it runs', async () => {
  const machine = setup({
    actors: { ask: fromPromise(async () => 1), listen: fromCallback(() => {}), child: light },
  }).createMachine({
    id: 'family',
    invoke: [
      { src: 'ask', id: 'ask' },
      { src: 'listen', id: 'listen' },
      { src: 'child', id: 'child' },
    ],
  })
  const actor = createActor(machine, { clock: simulatedClock() })
  const { of, last } = inspected(actor)
  actor.start()
  const root = of('actor').find(({ name }) => name === 'family')?.actor
  const children = of('actor').filter(({ parent }) => parent === root && parent !== null)
  expect(Object.fromEntries(children.map(({ logic, name }) => [name, logic]))).toEqual({
    ask: 'promise',
    listen: 'callback',
    child: 'machine',
  })
  await expect.poll(() => last('event').type).toBe('xstate.done.actor.ask')
  expect(last('event')).toMatchObject({ actor: root, source: children.find(({ name }) => name === 'ask')?.actor })
  expect(last('gone')).toMatchObject({ status: 'done' })
})

it('names the event that is the reason of each step, also of events sent while another is taken', () => {
  const machine = createMachine({
    id: 'chain',
    initial: 'a',
    states: {
      a: { on: { first: { target: 'b', actions: ({ self }) => self.send({ type: 'second' }) } } },
      b: { on: { second: 'c' } },
      c: {},
    },
  })
  const actor = createActor(machine).start()
  const { of } = inspected(actor)
  actor.send({ type: 'first' })
  const seqOf = (type: string) => of('event').find((event) => event.type === type)?.seq
  expect(of('step').map(({ because, value }) => [because, value])).toEqual([
    [seqOf('first'), 'b'],
    [seqOf('second'), 'c'],
  ])
})

it('tells that a child has failed, and that a root has', async () => {
  const failing = fromPromise(async () => {
    throw new Error('no luck')
  })
  const machine = setup({ actors: { failing } }).createMachine({
    id: 'parent',
    initial: 'trying',
    states: { trying: { invoke: { src: 'failing', id: 'try', onError: 'failed' } }, failed: {} },
  })
  const actor = createActor(machine).start()
  const { last, of } = inspected(actor)
  await expect.poll(() => last('step').value).toBe('failed')
  expect(last('gone').status).toBe('error')

  const broken = createActor(
    createMachine({
      on: {
        break: {
          actions: assign(() => {
            throw new Error('broken')
          }),
        },
      },
    }),
  )
  broken.subscribe({ error: () => {} })
  const root = inspected(broken.start())
  broken.send({ type: 'break' })
  await root.clock.advance(500)
  expect(root.last('gone').status).toBe('error')
  expect(of('dropped')).toEqual([])
})

it('tells the context of the actor that is looked at, again when it has changed, and nobody else’s', async () => {
  const counter = setup({ types: { context: {} as { count: number; token: string } } }).createMachine({
    id: 'counter',
    context: { count: 0, token: 'very secret' },
    on: { add: { actions: assign({ count: ({ context }) => context.count + 1 }) } },
  })
  const actor = createActor(counter).start()
  const { clock, last, of, viewer } = inspected(actor)
  actor.send({ type: 'add' })
  await clock.advance(1_000)
  expect(of('context')).toEqual([])
  viewer.ask({ kind: 'want', contextOf: last('actor').actor, texts: false })
  expect(JSON.parse(last('context').text)).toEqual({ count: 1, token: '•••• ≤32' })
  await clock.advance(100)
  actor.send({ type: 'add' })
  expect(JSON.parse(last('context').text)).toMatchObject({ count: 2 })
  actor.send({ type: 'add' })
  await clock.advance(500)
  expect(JSON.parse(last('context').text)).toMatchObject({ count: 3 })
  const told = of('context').length
  await clock.advance(2_000)
  expect(of('context')).toHaveLength(told)
})

it('never reads a context that nobody looks at', async () => {
  let read = 0
  const context = Object.defineProperty({}, 'huge', { enumerable: true, get: () => ++read })
  const actor = createActor(createMachine({ context: () => context, on: { go: {} } })).start()
  const { clock } = inspected(actor)
  const before = read
  actor.send({ type: 'go' })
  await clock.advance(5_000)
  expect(read).toBe(before)
})

it('gives the content of an event to who asks, as long as it is kept, without its secrets', () => {
  const actor = createActor(light, { clock: simulatedClock() }).start()
  const { last, viewer } = inspected(actor, { redact: ['user.name'] })
  const event = { type: 'nothing', user: { name: 'Ada', age: 36 }, password: 'hunter2', at: 'https://a:b@c.d/e?f=g' }
  actor.send(event as never)
  const { seq } = last('event')
  viewer.ask({ kind: 'payload', seq })
  expect(JSON.parse(last('payload').text ?? '')).toEqual({
    type: 'nothing',
    user: { name: '•••• ≤8', age: 36 },
    password: '•••• ≤8',
    at: 'https://••••@c.d/e?f=••••',
  })
  for (let count = 0; count < 2_000; count++) actor.send({ type: 'nothing' })
  viewer.ask({ kind: 'payload', seq })
  expect(last('payload')).toEqual({ kind: 'payload', seq, text: null })
})

it('counts what is too much, and afterwards tells the actor as it is', async () => {
  const actor = createActor(light, { clock: simulatedClock() }).start()
  const { clock, last, of } = inspected(actor)
  for (let count = 0; count < 10_000; count++) actor.send({ type: 'nothing' })
  actor.send({ type: 'go' })
  expect(of('event').length + of('step').length).toBe(8_000)
  expect(last('step').value).toBe('red')
  await clock.advance(1_000)
  expect(of('dropped').reduce((sum, { count }) => sum + count, 0)).toBe(20_002 - 8_000)
  expect(last('actor')).toMatchObject({ value: 'green', waits: [{ delay: 500 }] })
  actor.send({ type: 'nothing' })
  expect(last('step').value).toBe('green')
})

it('does nothing in a production build, unless it is asked to', () => {
  vi.stubEnv('NODE_ENV', 'production')
  onTestFinished(() => void vi.unstubAllEnvs())
  const actor = createActor(light, { clock: simulatedClock() }).start()
  expect(inspected(actor).told).toEqual([])
  expect(inspected(actor, { always: true }).of('actor')).toHaveLength(1)
})

it('keeps the mistakes of a link and of what it is shown from the app', () => {
  const actor = createActor(light, { clock: simulatedClock() })
  const link = memoryLink()
  const broken = {
    ...link,
    watched: true,
    send: () => {
      throw new Error('the link is broken')
    },
  }
  onTestFinished(attachInspector(actor, { link: broken }))
  actor.start()
  actor.send({ type: 'go' })
  expect(actor.getSnapshot().value).toBe('green')
})

it('tells nothing of what other logic than a machine calls its value', async () => {
  const { of } = inspected(createActor(fromTransition(() => ({ value: 'hunter2' }), { value: 'hunter2' })).start())
  expect(of('actor')).toMatchObject([{ logic: 'transition', value: null }])
  const odd: AnyActorLogic = {
    transition: (snapshot) => snapshot,
    getInitialSnapshot: () => ({ status: 'active', output: undefined, error: undefined, value: 'hunter2' }) as const,
    getPersistedSnapshot: (snapshot) => snapshot,
  }
  const looked = inspected(createActor(odd).start())
  expect(looked.of('actor')).toMatchObject([{ logic: 'other', value: null, tags: [] }])
})

it('stays within what a hub takes, however much a machine does at once', () => {
  const many = Object.fromEntries(
    Array.from({ length: 300 }, (_, index) => [
      `s${index}`,
      { tags: `tag ${index}`, after: { 1000: {} }, on: { go: { actions: () => {} } } },
    ]),
  )
  const actor = createActor(createMachine({ id: 'wide', type: 'parallel', states: many }), { clock: simulatedClock() })
  const { last, viewer } = inspected(actor)
  actor.start()
  actor.send({ type: 'go' })
  viewer.ask({ kind: 'sync' })
  expect([last('step').taken?.length, last('actor').tags.length, last('actor').waits.length]).toEqual([256, 256, 256])
})

it('leaves a machine that is too large to be told without its definition', () => {
  const states = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`a rather long name ${index}`, {}]))
  const { last, of } = inspected(
    createActor(createMachine({ id: 'huge', initial: 'a rather long name 0', states })).start(),
  )
  expect([last('actor').definition, of('definition').length]).toEqual([null, 0])
})

it('refuses what is no actor', () => {
  expect(() => attachInspector({} as never, { link: memoryLink() })).toThrow('Only an actor can be inspected')
})

it('shows two systems at one link side by side, and what one sends to the other', () => {
  const one = createActor(light, { clock: simulatedClock() }).start()
  const { link, last, of } = inspected(one)
  const other = createActor(
    createMachine({ id: 'other', on: { poke: { actions: () => one.send({ type: 'go' }) } } }),
  ).start()
  onTestFinished(attachInspector(other, { link }))
  other.send({ type: 'poke' })
  expect(of('actor').map(({ name }) => name)).toEqual(['light', 'other'])
  expect(of('step').map(({ value }) => value)).toEqual(expect.arrayContaining(['green']))
  expect(last('event').seq).toBeGreaterThan(0)
})
