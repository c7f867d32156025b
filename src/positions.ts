/**
 * `statewire/positions`: where streams go on that are not our own. For the option `positions` of `sse`, `http-stream` and
 * `long-poll`, and with `positioned` for any other transport.
 *
 * @module
 */
export type { PositionSession, PositionStrategy, ResumedRequest } from './transports/positions.ts'
export { positioned } from './transports/positions-dial.ts'
export type { PositionPick } from './transports/positions-pick.ts'
export type { IsRepeat, Resume, ResumePoint } from './transports/positions-picked.ts'
export type { ResumeRequest } from './transports/positions-request.ts'
export {
  byCallback,
  byHeader,
  byQuery,
  type CallbackOptions,
  lastEventId,
  noPositions,
  notAbove,
  type PlaceOptions,
  type RepeatOptions,
} from './transports/positions-strategies.ts'
