/**
 * Machines nobody would write, with everything in them that decides what is taken; each of their transitions, states and guards
 * says which one it is.
 *
 * @module
 */
import { type AnyStateMachine, createMachine } from 'xstate'

/** Events that a walk may send. */
export const sent = ['a', 'b', 'c', 'x.y', 'x.z'] as const
const heard = ['a', 'b', 'c', 'x.y', 'x.*', '*'] as const

type Config = Record<string, unknown>

/** What a guard is asked, and how it answers: always the same to the same question. */
export type Answer = (key: string, n: number) => boolean

export interface RandomMachine {
  readonly machine: AnyStateMachine
  /** Events of its own delays. */
  readonly delayed: readonly string[]
}

export function randomMachine(random: () => number, answer: Answer): RandomMachine {
  const delayed: string[] = []
  const chance = (share: number): boolean => random() < share
  const upTo = (most: number): number => Math.floor(random() * (most + 1))
  const pick = <Item>(items: readonly Item[]): Item | undefined => items[Math.floor(random() * items.length)]

  interface Sketch {
    readonly id: string
    readonly type: 'atomic' | 'compound' | 'parallel' | 'final' | 'history'
    readonly parent: Sketch | undefined
    readonly children: Sketch[]
  }

  const sketch = (id: string, depth: number, parent?: Sketch): Sketch => {
    const inRegions = parent?.type === 'parallel'
    const type =
      depth === 0 || (depth < 3 && chance(0.55))
        ? chance(0.4)
          ? 'parallel'
          : 'compound'
        : !inRegions && parent !== undefined && parent.children.length > 0 && chance(0.3)
          ? chance(0.5)
            ? 'final'
            : 'history'
          : 'atomic'
    const made: Sketch = { id, type, parent, children: [] }
    if (type === 'compound' || type === 'parallel') {
      const count = 1 + upTo(2)
      for (let index = 0; index < count; index++) made.children.push(sketch(`${id}.s${index}`, depth + 1, made))
    }
    return made
  }
  const root = sketch('m', 0)
  const everyone = (state: Sketch): Sketch[] => [state, ...state.children.flatMap(everyone)]
  const all = everyone(root)

  const transition = (state: Sketch, descriptor: string, rank: number, targets: readonly Sketch[]): Config => {
    const key = `${state.id} ${descriptor} ${rank}`
    const target = chance(0.75) ? pick(targets) : undefined
    return {
      ...(target && { target: `#${target.id}` }),
      ...(chance(0.25) && { reenter: true }),
      ...(chance(0.6) && { guard: { type: 'asked', params: { key } } }),
      actions: { type: 'took', params: { key } },
    }
  }
  const several = (state: Sketch, descriptor: string, targets: readonly Sketch[]): Config[] =>
    Array.from({ length: 1 + upTo(1) }, (_, rank) => transition(state, descriptor, rank, targets))

  const configOf = (state: Sketch): Config => {
    if (state.type === 'history') return { id: state.id, type: 'history', history: chance(0.5) ? 'deep' : 'shallow' }
    const on = heard.filter(() => chance(state.type === 'final' ? 0 : 0.3))
    const siblings = state.parent?.type === 'compound' ? state.parent.children : []
    // Forward only, or it might go round for ever.
    const later = siblings.slice(siblings.indexOf(state) + 1).filter(({ type }) => type !== 'history')
    const after = `xstate.after.10.${state.id}`
    const hasDelay = state.type !== 'final' && chance(0.2)
    if (hasDelay) delayed.push(after)
    return {
      id: state.id,
      ...(state.type !== 'atomic' && state.type !== 'compound' && { type: state.type }),
      ...(state.type === 'compound' && { initial: 's0' }),
      entry: { type: 'entered', params: { id: state.id } },
      on: Object.fromEntries(on.map((descriptor) => [descriptor, several(state, descriptor, all)])),
      ...(later.length > 0 && chance(0.3) && { always: several(state, '', later) }),
      ...(hasDelay && { after: { 10: several(state, after, all) } }),
      ...(state.children.length > 0 &&
        state !== root &&
        chance(0.6) && { onDone: several(state, `xstate.done.state.${state.id}`, all) }),
      ...(state.children.length > 0 && {
        states: Object.fromEntries(state.children.map((child, index) => [`s${index}`, configOf(child)])),
      }),
    }
  }
  const asked = ({ event }: { readonly event: { readonly n?: number } }, { key }: { readonly key: string }): boolean =>
    answer(key, event.n ?? 0)
  // Some go round for ever all the same, by way of `onDone`: XState gives them up.
  const config = { ...configOf(root), options: { maxIterations: 20 } } as Parameters<typeof createMachine>[0]
  const machine = createMachine(config, { guards: { asked } } as never) as unknown as AnyStateMachine
  return { machine, delayed }
}
