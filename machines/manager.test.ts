import { describe, expect, onTestFinished, test } from 'vitest'
import { createActor, type EventObject, fromCallback, type SnapshotFrom, transition } from 'xstate'
import { TransportError } from '../src/errors.ts'
import { type ManagerMachine, managerMachine } from './manager.ts'
import type { ManagerContext, ManagerEmitted, ManagerEvent } from './manager-types.ts'

const error = new TransportError('network', 'Cut.')

/** Twenty connections are open; three in trouble are more than one in ten. */
const open = 20

function runManager(input: { tolerance?: number } = {}) {
  const handedOn: EventObject[] = []
  const children = fromCallback<EventObject, object>(({ receive }) => receive((event) => handedOn.push(event)))
  const actor = createActor(managerMachine.provide({ actors: { children } }), { input })
  const said: ManagerEmitted[] = []
  actor.on('*', (event) => said.push(event))
  onTestFinished(() => void actor.stop())
  actor.start()
  const tell = (...events: ManagerEvent[]): void => {
    for (const event of events) actor.send(event)
  }
  return {
    actor,
    handedOn,
    said,
    tell,
    state: () => actor.getSnapshot().value,
    context: () => actor.getSnapshot().context,
  }
}

const times = (count: number, type: 'opened' | 'troubled' | 'mended'): ManagerEvent[] =>
  Array.from({ length: count }, (_, index) => ({ type: `child.${type}`, id: `${index}` }) as const)

const closed: ManagerEvent = { type: 'child.closed', id: 'a', reason: 'done' }

type Doors = 'accepting' | 'draining'
type Health = 'healthy' | 'degraded'

function runIn(doors: Doors, health: Health) {
  const run = runManager()
  run.tell(...times(open, 'opened'))
  if (health === 'degraded') run.tell(...times(5, 'troubled'))
  if (doors === 'draining') run.tell({ type: 'drain' })
  run.handedOn.length = 0
  run.said.length = 0
  return run
}

interface Row {
  readonly event: ManagerEvent
  /** What the connections are asked for; nothing unless it is said. */
  readonly handsOn?: { readonly [Name in Doors]: readonly EventObject[] }
  /** What is counted; nothing unless it is said. */
  readonly counts?: Partial<Record<keyof ManagerContext, number>>
  /** What is emitted; nothing unless it is said. */
  readonly says?: ManagerEmitted
}

const always = (event: EventObject) => ({ accepting: [event], draining: [event] })
const order: ManagerEvent = { type: 'open', id: 'a' } as ManagerEvent

const rows: readonly Row[] = [
  { event: order, handsOn: { accepting: [order], draining: [{ type: 'refuse', order } as EventObject] } },
  { event: { type: 'close', id: 'a' }, handsOn: always({ type: 'close', id: 'a' } as EventObject) },
  { event: { type: 'closeAll' }, handsOn: always({ type: 'closeAll' }) },
  { event: { type: 'drain' }, handsOn: { accepting: [{ type: 'drain' }], draining: [] } },
  { event: { type: 'child.opened', id: 'a' }, counts: { open: 1, opened: 1 }, says: { type: 'opened', id: 'a' } },
  { event: closed, counts: { open: -1, closed: 1 }, says: { type: 'closed', id: 'a', reason: 'done' } },
  { event: { type: 'child.troubled', id: 'a' }, counts: { troubled: 1 } },
  { event: { type: 'child.mended', id: 'a' }, counts: { troubled: -1 } },
  {
    event: { type: 'child.restarted', id: 'a', error },
    counts: { restarted: 1 },
    says: { type: 'restarted', id: 'a', error },
  },
  { event: { type: 'child.gaveUp', id: 'a', error }, counts: { gaveUp: 1 }, says: { type: 'gaveUp', id: 'a', error } },
  {
    event: { type: 'child.refused', id: 'a', error },
    counts: { refused: 1 },
    says: { type: 'refused', id: 'a', error },
  },
]

describe.each<Doors>(['accepting', 'draining'])('while it is %s', (doors) => {
  describe.each<Health>(['healthy', 'degraded'])('and %s', (health) => {
    test.each(rows.map((row) => [row.event.type, row] as const))('it takes %s', (type, row) => {
      const { context, handedOn, said, state, tell } = runIn(doors, health)
      const before = context()
      tell(row.event)
      const expected = { ...before }
      for (const [name, count] of Object.entries(row.counts ?? {})) expected[name as keyof ManagerContext] += count
      expect(context()).toEqual(expected)
      expect(handedOn).toEqual(row.handsOn?.[doors] ?? [])
      expect(said).toEqual(row.says === undefined ? [] : [row.says])
      expect(state()).toEqual({ running: { doors: type === 'drain' ? 'draining' : doors, health } })
    })
  })

  test('connections that start over forget every count, and the manager is well', () => {
    const { actor, context, said, tell } = runIn(doors, 'degraded')
    tell({ type: 'children.started' })
    expect(context()).toEqual({
      tolerance: 0.1,
      open: 0,
      troubled: 0,
      opened: 0,
      closed: 0,
      restarted: 0,
      gaveUp: 0,
      refused: 0,
    })
    expect(said).toEqual([{ type: 'recovered' }])
    // Who drains and has nothing left is done.
    expect(actor.getSnapshot().status).toBe(doors === 'draining' ? 'done' : 'active')
  })
})

test('it accepts, and is well, from the start', () => {
  const { actor, state } = runManager()
  expect(state()).toEqual({ running: { doors: 'accepting', health: 'healthy' } })
  expect([...actor.getSnapshot().tags]).toEqual(['accepting'])
})

test('a snapshot holds the child that has the connections, and no connection', () => {
  const { actor, tell } = runManager()
  tell(...times(100, 'opened'))
  expect(Object.keys(actor.getSnapshot().children)).toEqual(['children'])
})

describe('the doors', () => {
  test('the last one that closes ends a drain, with the sum of what happened', () => {
    const { actor, said, state, tell } = runManager()
    tell(...times(2, 'opened'), { type: 'child.restarted', id: '1', error: null }, { type: 'drain' }, closed)
    expect([actor.getSnapshot().hasTag('accepting'), state()]).toEqual([
      false,
      { running: { doors: 'draining', health: 'healthy' } },
    ])
    tell(closed)
    expect(actor.getSnapshot()).toMatchObject({
      status: 'done',
      value: 'closed',
      output: { opened: 2, closed: 2, restarted: 1, gaveUp: 0, refused: 0 },
    })
    expect(said.map(({ type }) => type)).toEqual(['opened', 'opened', 'restarted', 'closed', 'closed'])
  })

  test('who has nothing open is done with the drain at once', () => {
    const { actor, tell } = runManager()
    tell({ type: 'drain' })
    expect(actor.getSnapshot()).toMatchObject({ status: 'done', value: 'closed' })
  })

  test.each(rows.map(({ event }) => [event.type, event] as const))('who is done takes no %s', (_, event) => {
    const { actor, tell } = runManager()
    tell({ type: 'drain' })
    const [snapshot, actions] = transition(managerMachine, actor.getSnapshot() as SnapshotFrom<ManagerMachine>, event)
    expect(snapshot).toMatchObject({ status: 'done', value: 'closed', context: actor.getSnapshot().context })
    expect(actions).toEqual([])
  })

  test('who is done is stopped with the child that has the connections', () => {
    let isOver = false
    const children = fromCallback<EventObject, object>(() => () => {
      isOver = true
    })
    const actor = createActor(managerMachine.provide({ actors: { children } }), { input: {} }).start()
    actor.send({ type: 'drain' })
    expect([actor.getSnapshot().status, isOver]).toEqual(['done', true])
  })
})

describe('its health', () => {
  test('as many in trouble as it tolerates are none too many, and one more is', () => {
    const { said, state, tell } = runManager()
    tell(...times(open, 'opened'), ...times(2, 'troubled'))
    expect(state()).toMatchObject({ running: { health: 'healthy' } })
    tell(...times(1, 'troubled'))
    expect(state()).toMatchObject({ running: { health: 'degraded' } })
    expect(said.slice(open)).toEqual([{ type: 'degraded', open, troubled: 3 }])
  })

  test('one that mends makes it well again, once', () => {
    const { actor, said, tell } = runIn('accepting', 'degraded')
    tell(...times(2, 'mended'))
    expect(actor.getSnapshot().hasTag('degraded')).toBe(true)
    tell(...times(3, 'mended'))
    expect([said, actor.getSnapshot().hasTag('degraded')]).toEqual([[{ type: 'recovered' }], false])
  })

  test('it is a share: others that open make it well, others that close make it ill', () => {
    const { said, tell } = runManager({ tolerance: 0.5 })
    tell(...times(2, 'opened'), ...times(2, 'troubled'), ...times(2, 'opened'), closed)
    expect(said.map(({ type }) => type)).toEqual([
      'opened',
      'opened',
      'degraded',
      'opened',
      'opened',
      'recovered',
      'closed',
      'degraded',
    ])
  })

  test('with no tolerance the first one in trouble is too many, with all of it the last one is none', () => {
    const strict = runManager({ tolerance: 0 })
    strict.tell(...times(100, 'opened'), ...times(1, 'troubled'))
    expect(strict.state()).toMatchObject({ running: { health: 'degraded' } })
    const lenient = runManager({ tolerance: 1 })
    lenient.tell(...times(100, 'opened'), ...times(100, 'troubled'))
    expect(lenient.state()).toMatchObject({ running: { health: 'healthy' } })
  })
})
