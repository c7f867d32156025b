import { describe, expect, test } from 'vitest'
import { createActor, createMachine, type InspectionEvent, SimulatedClock } from 'xstate'
import { type Ear, hear, type Inspected, pendingOf } from './inspection.ts'

const machine = createMachine({
  id: 'kettle',
  initial: 'off',
  states: { off: { on: { go: 'on' } }, on: { after: { 500: 'off' }, on: { back: 'off' } } },
})

type Said = readonly [what: keyof Ear, fact: unknown]

function ear(said: Said[]): Ear {
  return {
    event: (_actor, { type }) => void said.push(['event', type]),
    taken: (_actor, keys) => void said.push(['taken', keys]),
    scheduled: (_actor, { delay, event, id }) => void said.push(['scheduled', [id, event, delay]]),
    cancelled: (_actor, id) => void said.push(['cancelled', id]),
    snapshot: (_actor, { type }) => void said.push(['snapshot', type]),
  }
}

const after = 'xstate.after.500.kettle.on'

test('the installed XState says which transitions it takes, what it waits for, and what it cancels', () => {
  const said: Said[] = []
  const actor = createActor(machine, { clock: new SimulatedClock() }).start()
  actor.system.inspect((inspected: InspectionEvent) => hear(inspected, ear(said)))
  actor.send({ type: 'go' })
  expect(pendingOf(actor)).toEqual([{ id: after, event: after, delay: 500, elapsed: expect.any(Number) }])
  actor.send({ type: 'back' })
  expect(said).toEqual([
    ['event', 'go'],
    ['scheduled', [after, after, 500]],
    ['taken', ['kettle.off go 0']],
    ['snapshot', 'go'],
    ['event', 'back'],
    ['cancelled', after],
    ['taken', ['kettle.on back 0']],
    ['snapshot', 'back'],
  ])
  expect(pendingOf(actor)).toEqual([])
})

describe('where a field is missing', () => {
  const actorRef = createActor(machine)
  const heard = (inspected: Partial<Inspected>): Said[] => {
    const said: Said[] = []
    hear({ type: '', actorRef, ...inspected }, ear(said))
    return said
  }

  test.each(['@xstate.event', '@xstate.action', '@xstate.snapshot', '@xstate.transition', '@xstate.actor', 'later'])(
    '%s says nothing',
    (type) => {
      for (const wrong of [undefined, null, 7, {}, { type: 7 }]) {
        expect(heard({ type, event: wrong, action: wrong, snapshot: wrong })).toEqual([])
      }
    },
  )

  test('a microstep does not say which transitions it took', () => {
    expect(heard({ type: '@xstate.microstep' })).toEqual([['taken', null]])
    expect(heard({ type: '@xstate.microstep', _transitions: [null, {}, { source: {}, eventType: 'x' }] })).toEqual([
      ['taken', []],
    ])
  })

  test('an action that schedules or cancels nothing is none', () => {
    const actions = [
      { type: 'xstate.raise' },
      { type: 'xstate.raise', params: { event: { type: 'x' }, delay: undefined } },
      { type: 'xstate.raise', params: { event: 'x', delay: 1 } },
      { type: 'xstate.cancel', params: {} },
      { type: 'log', params: { event: { type: 'x' }, delay: 1 } },
    ]
    for (const action of actions) expect(heard({ type: '@xstate.action', action })).toEqual([])
  })

  test('who is no actor is not heard', () => {
    expect(heard({ type: '@xstate.event', actorRef: {}, event: { type: 'x' } })).toEqual([])
  })

  test('nothing is pending', () => {
    for (const snapshot of [{}, { _scheduledEvents: null }, { _scheduledEvents: { x: 7, y: { delay: 1 } } }]) {
      expect(pendingOf({ system: { getSnapshot: () => snapshot } as never })).toEqual([])
    }
  })
})

describe('version 6 says everything of an event at once', () => {
  const actorRef = createActor(machine)
  const transition = {
    type: '@xstate.transition',
    actorRef,
    rootId: actorRef.sessionId,
    eventType: 'go',
    event: { type: 'go' },
    sourceRef: undefined,
    targetRef: actorRef,
    snapshot: actorRef.getSnapshot(),
    microsteps: machine.root.states.off?.transitions.get('go'),
    actions: [{ type: 'xstate.cancel', params: { sendId: 'old' } }],
    sent: [
      { targetRef: actorRef, targetId: actorRef.id, event: { type: after }, delay: 500, id: after },
      { targetRef: actorRef, targetId: actorRef.id, event: { type: 'now' } },
      { targetRef: {}, targetId: 'other', event: { type: 'late' }, delay: 5 },
    ],
  }

  test('in the order in which it happened', () => {
    const said: Said[] = []
    hear(transition, ear(said))
    expect(said).toEqual([
      ['event', 'go'],
      ['cancelled', 'old'],
      ['scheduled', [after, after, 500]],
      ['taken', ['kettle.off go 0']],
      ['snapshot', 'go'],
    ])
  })

  test('as far as version 5 types it, without the transitions', () => {
    const said: Said[] = []
    const { actorRef, event, rootId, snapshot, type } = transition
    hear({ type, actorRef, event, snapshot, ...{ rootId } }, ear(said))
    expect(said).toEqual([
      ['event', 'go'],
      ['taken', null],
      ['snapshot', 'go'],
    ])
  })
})
