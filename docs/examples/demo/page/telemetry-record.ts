/**
 * The door for records: what arrives over a wire is looked at before it is believed.
 *
 * @module
 */
import type { TelemetryRecord } from '../telemetry.ts'

export function isTelemetry(value: unknown): value is TelemetryRecord {
  if (typeof value !== 'object' || value === null) return false
  return ['seq', 'time', 'cpu', 'load', 'loopDelay', 'rss'].every(
    (name) => typeof Reflect.get(value, name) === 'number',
  )
}
