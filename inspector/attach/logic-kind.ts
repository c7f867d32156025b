/**
 * What an actor runs. XState's own logic bears no mark, so that it is known by its code: a promise's reducer is every promise's.
 *
 * @module
 */
import { fromCallback, fromPromise } from 'xstate'
import { isObject } from '../../src/tabs/shapes.ts'
import type { LogicKind } from '../protocol/messages.ts'

const kinds = new WeakMap<object, LogicKind>()

function codeOf(logic: object): string {
  return Function.prototype.toString.call(Reflect.get(logic, 'transition'))
}

let promiseCode: string | undefined
let callbackCode: string | undefined

function recognise(logic: object, snapshot: unknown): LogicKind {
  if ('root' in logic && 'config' in logic) return 'machine'
  if (!isObject(snapshot)) return 'other'
  if ('_subscription' in snapshot) return 'observable'
  const code = codeOf(logic)
  promiseCode ??= codeOf(fromPromise(async () => undefined))
  if (code === promiseCode) return 'promise'
  callbackCode ??= codeOf(fromCallback(() => {}))
  if (code === callbackCode) return 'callback'
  return 'context' in snapshot ? 'transition' : 'other'
}

export function logicKindOf(logic: unknown, snapshot: unknown): LogicKind {
  if (!isObject(logic)) return 'other'
  const known = kinds.get(logic)
  if (known !== undefined) return known
  const kind = recognise(logic, snapshot)
  kinds.set(logic, kind)
  return kind
}
