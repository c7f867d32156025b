/**
 * From the arguments behind `coverage` to its options.
 *
 * @module
 */
import type { CoverageOptions } from './coverage-options.ts'
import { parseOptions, usage } from './usage.ts'

const config = {
  allowPositionals: true,
  options: {
    badge: { type: 'string' },
    label: { type: 'string' },
    min: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
} as const

/** Where `coverMachines` writes. */
const usual = 'statewire-coverage.json'

/** The options; `null` when help was asked for. Throws `bad_option`. */
export function readCoverage(args: readonly string[]): CoverageOptions | null {
  const { values, positionals } = parseOptions({ ...config, args: [...args] })
  if (values.help === true) return null
  const { badge, label, min } = values
  if (positionals.includes('')) throw usage('A file of statewire coverage needs a path.')
  if (badge === '') throw usage('Option --badge needs a path.')
  if (label !== undefined && badge === undefined) throw usage('Option --label needs --badge.')
  const [first = usual, ...others] = positionals
  return { files: [first, ...others], badge, label, min: percentOf(min) }
}

function percentOf(text = '0'): number {
  const percent = Number(text)
  if (/^\d+(?:\.\d+)?$/.test(text) && percent <= 100) return percent
  throw usage('Option --min is a percentage, from 0 to 100.')
}
