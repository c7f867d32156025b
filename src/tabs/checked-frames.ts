/**
 * The door: whatever comes over a channel is a frame of ours, or nothing. Another release may have posted it, or the page itself.
 *
 * @module
 */

import { isResetReason } from '../wire/control.ts'
import { isErrorFacts } from './error-facts.ts'
import type { FollowerFrame, HallFrame, LeaderFrame } from './frames.ts'
import { type Fields, isCount, isObject, isOptional, isPlace } from './shapes.ts'

type Checks = Readonly<Record<string, (frame: Fields) => boolean>>

const isNothingMore = (): boolean => true

const HALL: Checks = {
  seek: ({ member, position, beginning }) =>
    typeof member === 'string' && isPlace(position) && (beginning === 'history' || beginning === 'now'),
  ask: ({ member, position }) => typeof member === 'string' && isPlace(position),
  leading: ({ leader }) => typeof leader === 'string',
  failed: ({ error }) => isErrorFacts(error),
}

const FROM_LEADER: Checks = {
  dialling: isNothingMore,
  welcome: ({ abilities, position }) => isAbilities(abilities) && isPlace(position),
  elsewhere: isNothingMore,
  reachable: isNothingMore,
  entries: ({ entries }) => Array.isArray(entries) && entries.every(isEntry),
  heard: isNothingMore,
  here: isNothingMore,
  floor: ({ milliseconds }) => typeof milliseconds === 'number' && milliseconds >= 0,
  settled: ({ id, index, error }) => isCount(id) && isCount(index) && (error === null || isErrorFacts(error)),
  writable: ({ id }) => isCount(id),
  answered: ({ id, answer }) => isCount(id) && isAnswer(answer),
  unanswered: ({ id, error }) => isCount(id) && isErrorFacts(error),
  ended: isNothingMore,
  lost: ({ error }) => isErrorFacts(error),
  left: isNothingMore,
}

const FROM_FOLLOWER: Checks = {
  taken: ({ count }) => isCount(count),
  write: ({ id, items }) => isCount(id) && Array.isArray(items),
  append: ({ id, append }) => isCount(id) && isAppend(append),
  ping: isNothingMore,
  probe: isNothingMore,
  leave: isNothingMore,
}

function passes(checks: Checks, value: unknown): value is Fields {
  return isObject(value) && typeof value.type === 'string' && Object.hasOwn(checks, value.type)
    ? checks[value.type]?.(value) === true
    : false
}

export function hallFrame(value: unknown): HallFrame | undefined {
  return passes(HALL, value) ? (value as HallFrame) : undefined
}

export function leaderFrame(value: unknown): LeaderFrame | undefined {
  return passes(FROM_LEADER, value) && typeof value.leader === 'string' ? (value as LeaderFrame) : undefined
}

export function followerFrame(value: unknown): FollowerFrame | undefined {
  return passes(FROM_FOLLOWER, value) && typeof value.leader === 'string' ? (value as FollowerFrame) : undefined
}

function isAbilities(value: unknown): boolean {
  if (!isObject(value)) return false
  const { protocol, write, ping, appends } = value
  return typeof protocol === 'string' && typeof write === 'boolean' && typeof ping === 'boolean' && isCount(appends)
}

function isEntry(value: unknown): boolean {
  if (!isObject(value)) return false
  if (value.gap !== undefined) return isGap(value.gap)
  return (
    isOptional(value.position, 'string') &&
    isOptional(value.event, 'string') &&
    (value.data !== undefined || value.position !== undefined)
  )
}

function isGap(value: unknown): boolean {
  return isObject(value) && isResetReason(value.reason) && (value.lost === null || typeof value.lost === 'number')
}

function isAnswer(value: unknown): boolean {
  if (!isObject(value)) return false
  switch (value.kind) {
    case 'stored':
      return isOptional(value.offset, 'string') && isOptional(value.differs, 'boolean')
    case 'early':
      return isCount(value.expected)
    case 'later':
      return isOptional(value.retryAfterMs, 'number')
    case 'unauthorized':
    case 'refused':
    case 'barred':
      return isErrorFacts(value.error) && isOptional(value.doubtful, 'boolean')
    default:
      return false
  }
}

function isAppend(value: unknown): boolean {
  if (!isObject(value) || !isObject(value.producer) || !Array.isArray(value.records)) return false
  const { id, epoch, sequence } = value.producer
  return (
    typeof id === 'string' &&
    isCount(epoch) &&
    isCount(sequence) &&
    value.records.length > 0 &&
    value.records.every((record) => typeof record === 'string' || record instanceof Uint8Array)
  )
}
