/**
 * The two shapes loggers come in, behind one function that cannot throw.
 *
 * @module
 */

/** From what only a developer wants to what somebody must look at. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

type Methods<Line extends readonly unknown[]> = Readonly<Record<LogLevel, (...line: Line) => void>>

/** Says which levels are wanted now; what nobody wants is not even put together. */
interface LevelAware {
  isLevelEnabled(level: string): boolean
}

/** `console`, winston and their like: the sentence first. */
export type MessageFirstLogger = Methods<[message: string, fields: object]> & Partial<LevelAware>

/** pino and its children: the fields first. They are told from the others by `bindings()`. */
export type FieldsFirstLogger = Methods<[fields: object, message: string]> & LevelAware & { bindings(): object }

export type Logger = MessageFirstLogger | FieldsFirstLogger

/** Writes lines of one connection. */
export interface LogWriter {
  /** Whether a line of this level would be written now. */
  wants(level: LogLevel): boolean
  write(level: LogLevel, message: string, fields: object): void
}

const rank: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 }

/**
 * A writer over either shape.
 *
 * @param least - the lowest level to write; by default what the logger says of itself, and `info` where it says nothing, because
 *   `console` prints one line for each message otherwise
 * @param common - fields of every line
 */
export function logWriter(logger: Logger, least: LogLevel | undefined, common: object): LogWriter {
  const ownLevels = logger.isLevelEnabled !== undefined
  const floor = rank[least ?? (ownLevels ? 'debug' : 'info')]
  const wants = (level: LogLevel): boolean => rank[level] >= floor && (logger.isLevelEnabled?.(level) ?? true)
  return {
    wants: (level) => guarded(() => wants(level)) ?? false,
    write(level, message, fields) {
      guarded(() => {
        if (!wants(level)) return
        if (isFieldsFirst(logger)) logger[level]({ ...common, ...fields }, message)
        else logger[level](message, { ...common, ...fields })
      })
    },
  }
}

function isFieldsFirst(logger: Logger): logger is FieldsFirstLogger {
  return 'bindings' in logger && typeof logger.bindings === 'function'
}

/** A full disk or a broken sink is no reason to lose a connection, and there is nobody left to tell. */
function guarded<Result>(act: () => Result): Result | undefined {
  try {
    return act()
  } catch {
    return undefined
  }
}
