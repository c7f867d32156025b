/**
 * `statewire/observe`: what connections do, as log lines and as numbers. Nothing of it is loaded by any other entry.
 *
 * @module
 */
export { type LogOptions, logTo } from './observe/log-to.ts'
export type { FieldsFirstLogger, Logger, LogLevel, MessageFirstLogger } from './observe/logger.ts'
export { type Metrics, type MetricsSource, measure } from './observe/measure.ts'
export { mergeMetrics } from './observe/merge-metrics.ts'
export {
  type Counts,
  type DurationHistogram,
  type DurationKind,
  durationBounds,
  type MetricsSnapshot,
} from './observe/metrics.ts'
