/**
 * An app that is looked at from inside its own process, with everything that was told.
 *
 * @module
 */
import { expect, onTestFinished } from 'vitest'
import { type AnyActorRef, setup } from 'xstate'
import { type AttachOptions, attachInspector, memoryLink } from '../../../inspector/attach/index.ts'
import type { MemoryViewer } from '../../../inspector/attach/memory-link.ts'
import { appBatch } from '../../../inspector/protocol/checks.ts'
import type { AppMessage } from '../../../inspector/protocol/messages.ts'
import { type SimulatedClock, simulatedClock } from '../../../src/testing/clock.ts'

/** One of each: a guard that says no, a delay, a tag, an end. */
export const light = setup({
  types: { events: {} as { type: 'go' } | { type: 'stop' } | { type: 'nothing' }, tags: {} as 'online' },
  guards: { never: () => false },
}).createMachine({
  id: 'light',
  initial: 'red',
  states: {
    red: { on: { go: [{ target: 'blue', guard: 'never' }, { target: 'green' }] } },
    blue: {},
    green: { tags: 'online', after: { 500: 'red' }, on: { stop: 'off' } },
    off: { type: 'final' },
  },
})

export type Told<Kind extends AppMessage['kind']> = Extract<AppMessage, { readonly kind: Kind }>

export interface Looked {
  readonly told: AppMessage[]
  readonly viewer: MemoryViewer
  of<Kind extends AppMessage['kind']>(kind: Kind): Told<Kind>[]
  /** The newest of a kind. */
  last<Kind extends AppMessage['kind']>(kind: Kind): Told<Kind>
}

export function lookAt(link: ReturnType<typeof memoryLink>): Looked {
  const told: AppMessage[] = []
  const viewer = link.view((messages) => void told.push(...messages))
  onTestFinished(() => {
    viewer.leave()
    // Whatever was told, a hub takes it.
    const wrong = told.filter((message) => appBatch(JSON.parse(JSON.stringify([message]))) === undefined)
    expect(wrong).toEqual([])
  })
  const of = <Kind extends AppMessage['kind']>(kind: Kind): Told<Kind>[] =>
    told.filter((message): message is Told<Kind> => message.kind === kind)
  return {
    told,
    viewer,
    of,
    last(kind) {
      const message = of(kind).at(-1)
      if (message === undefined) throw new Error(`Nothing of the kind ${kind} was told.`)
      return message
    },
  }
}

export interface Inspected extends Looked {
  readonly link: ReturnType<typeof memoryLink>
  readonly clock: SimulatedClock
  detach(): void
}

/** Attaches an actor, and looks. The inspector's time is simulated. */
export function inspected(actor: AnyActorRef, options: AttachOptions = {}): Inspected {
  const link = memoryLink()
  const clock = simulatedClock()
  const detach = attachInspector(actor, { link, clock, name: 'app', ...options })
  onTestFinished(detach)
  return { ...lookAt(link), link, clock, detach }
}
