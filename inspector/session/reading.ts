/**
 * What an app tells comes from a stranger: here it is brought into the shape that the rest relies on.
 *
 * @module
 */
import { type Fields, isObject } from '../../src/tabs/shapes.ts'
import type { ActorStatus, LogicKind, ScheduledWait } from '../protocol/messages.ts'

const deepest = 32
const mostNodes = 1_000
const mostTags = 64
const mostWaits = 64
const longestName = 1_024

/** An object as it comes out of `JSON.parse`. */
export type Json = Fields

export function isJson(value: unknown): value is Json {
  return isObject(value) && !Array.isArray(value)
}

export function isInstant(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

export function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length <= longestName
}

export function nameOr<Default>(value: unknown, otherwise: Default): string | Default {
  return isName(value) ? value : otherwise
}

/** Whether this is a state value that can be walked: neither deep nor large enough to hurt whoever walks it by recursion. */
function isStateValue(value: unknown): boolean {
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value, depth: 0 }]
  for (let seen = 0; ; seen++) {
    const next = open.pop()
    if (next === undefined) return true
    if (seen > mostNodes || next.depth > deepest) return false
    if (typeof next.value === 'string') continue
    if (!isJson(next.value)) return false
    for (const key of Object.keys(next.value)) open.push({ value: next.value[key], depth: next.depth + 1 })
    if (open.length > mostNodes) return false
  }
}

/** A state value as it was told, or `null`, which stands for "in no known state". */
export function stateValue(value: unknown): unknown {
  if (typeof value === 'string') return value
  return isStateValue(value) ? value : null
}

export function tagsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter(isName).slice(0, mostTags) : []
}

const statuses: readonly unknown[] = ['active', 'done', 'error', 'stopped'] satisfies ActorStatus[]
const kinds: readonly unknown[] = [
  'machine',
  'promise',
  'callback',
  'observable',
  'transition',
  'other',
] satisfies LogicKind[]

export function statusOr(value: unknown, otherwise: ActorStatus): ActorStatus {
  return statuses.includes(value) ? (value as ActorStatus) : otherwise
}

export function logicOf(value: unknown): LogicKind {
  return kinds.includes(value) ? (value as LogicKind) : 'other'
}

export function waitOf(value: unknown): ScheduledWait | undefined {
  if (!isJson(value)) return undefined
  const { event, delay, since } = value
  return isName(event) && isInstant(delay) && isInstant(since) ? { event, delay, since } : undefined
}

/** The soonest first. */
export function soonestFirst(waits: readonly ScheduledWait[]): readonly ScheduledWait[] {
  return [...waits].sort((a, b) => a.since + a.delay - (b.since + b.delay)).slice(0, mostWaits)
}

export function waitsOf(value: unknown): readonly ScheduledWait[] {
  if (!Array.isArray(value)) return []
  return soonestFirst(value.slice(0, mostWaits).flatMap((wait) => waitOf(wait) ?? []))
}
