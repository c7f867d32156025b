/**
 * Wrong usage, in one sentence that never quotes a value: a mistyped `--header=Authorization…` must not end in somebody's log.
 *
 * @module
 */
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { TransportError } from '../errors.ts'

/** The error for an option that cannot work. It ends the command with code 2. */
export function usage(sentence: string, cause?: unknown): TransportError {
  return new TransportError('bad_option', sentence, cause === undefined ? {} : { cause })
}

/** `parseArgs` with sentences of ours. Throws `bad_option`. */
export function parseOptions<Config extends ParseArgsConfig>(config: Config): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config)
  } catch (error) {
    throw usage(sentenceOf(error))
  }
}

/** A whole number in decimal digits; `undefined` when the option was not given. Throws `bad_option`. */
export function wholeNumber(
  name: string,
  text: string | undefined,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least && value <= most) return value
  const range = most === Number.MAX_SAFE_INTEGER ? `${least} or more` : `from ${least} to ${most}`
  throw usage(`Option ${name} must be a whole number, ${range}.`)
}

/** Node's own messages are long and may quote; only the option's name is taken out of them. */
function sentenceOf(error: unknown): string {
  const { code, message } = error as Error & { code?: string }
  const option = /--[a-z-]+/.exec(message)?.[0] ?? /-[A-Za-z]\b/.exec(message)?.[0] ?? ''
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') return `Unknown option ${option}.`
  if (message.includes('does not take an argument')) return `Option ${option} takes no value.`
  return `Option ${option} needs a value; one that begins with a dash is written ${option}=VALUE.`
}
