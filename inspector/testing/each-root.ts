/**
 * Every root actor that a program creates, whoever creates it. For test suites: it reaches into XState.
 *
 * @module
 */
import { Actor, type AnyActorRef } from 'xstate'

/** `_initState` runs in the constructor, before a machine looks for its first transitions. Without it a root is met when it starts. */
const moments = ['_initState', 'start'] as const

function isFunction(value: unknown): value is (...given: unknown[]) => unknown {
  return typeof value === 'function'
}

/**
 * Tells of each root actor from now on, before it does anything.
 *
 * @returns ends that.
 */
export function eachRoot(meet: (root: AnyActorRef) => void): () => void {
  const prototype: object = Actor.prototype
  const moment = moments.find((name) => isFunction(Reflect.get(prototype, name)))
  const original: unknown = moment && Reflect.get(prototype, moment)
  if (moment === undefined || !isFunction(original)) return () => {}
  let state: 'listening' | 'over' = 'listening'
  const replaced = function (this: AnyActorRef, ...given: unknown[]): unknown {
    if (state === 'listening' && Reflect.get(this, '_parent') === undefined) meet(this)
    return Reflect.apply(original, this, given)
  }
  Reflect.set(prototype, moment, replaced)
  return () => {
    state = 'over'
    // Whoever has replaced it after us still calls ours.
    if (Reflect.get(prototype, moment) === replaced) Reflect.set(prototype, moment, original)
  }
}
