/**
 * The order of test files on a machine that has not run them before: those that wait longest come first, or the run ends with
 * one worker that waits for Firefox while the others have nothing to do.
 *
 * @module
 */
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Longest first, by what they took in CI. */
const SLOW = [
  'test/demo/',
  'test/transports/transport.shared',
  'test/natives/browsers',
  'test/outbox/',
  'test/examples/',
  'test/tabs/',
  'test/conformance/',
  'src/transports/positions-cuts',
  'test/chaos/',
  'test/inspector/walk/',
  'test/inspector/element/',
  'test/inspector/doors/',
  'test/svelte/types',
  'test/soak/',
  'src/producer/indexed-db-outbox',
  'test/faults/',
  'test/simulation/day',
  'test/ladder/',
  'test/commands/',
  'test/log-model/',
  'src/transports/durable-cut',
  'test/stores/',
  'test/server-faults/',
  'test/restart/',
  'test/bad-input/',
  'test/herd/',
  'test/redaction/',
]

export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return sorted
      .map((file, index) => ({ file, index }))
      .sort(byWait)
      .map(({ file }) => file)
  }
}

interface Placed {
  readonly file: TestSpecification
  readonly index: number
}

function byWait(one: Placed, other: Placed): number {
  return rank(one.file) - rank(other.file) || one.index - other.index
}

function rank({ moduleId }: TestSpecification): number {
  const place = SLOW.findIndex((part) => moduleId.includes(part))
  return place === -1 ? SLOW.length : place
}
