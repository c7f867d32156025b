/**
 * Says which engines a run has, and closes it with one plain line that people and scripts can read: `12 passed, 0 failed`.
 *
 * @module
 */
import type { Reporter, SerializedError, TestModule, Vitest } from 'vitest/node'

interface Tally {
  passed: number
  failed: number
  skipped: number
}

/** `missing` names the engines that this machine lacks; they are named again at the end, so that green never hides a hole. */
export function summaryReporter(missing: readonly string[]): Reporter {
  const absent = missing.length === 0 ? '' : ` (not on this machine: ${missing.join(', ')})`
  let closing: (() => void) | undefined
  return {
    onInit(vitest: Vitest): void {
      const names = vitest.projects.map((project) => project.name)
      console.log(`Running in ${[...new Set(names)].join(', ')}${absent}`)
    },
    onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
      const tally = count(modules)
      tally.failed += unhandled.length
      // The coverage tables are printed after this call. A watching run ends several times: only its last tally counts.
      if (closing) process.off('exit', closing)
      closing = () => close(tally)
      process.on('exit', closing)
    },
  }
}

function close(tally: Tally): void {
  if (process.exitCode && tally.failed === 0) {
    // A missed coverage threshold, for example. "0 failed" would be a lie.
    console.log('The run failed, although no test did: see above.')
    tally.failed = 1
  }
  const skipped = tally.skipped === 0 ? '' : `, ${tally.skipped} skipped`
  console.log(`${tally.passed} passed, ${tally.failed} failed${skipped}`)
}

/** A file that does not load and a hook that throws count as one failure each: no test of theirs says so. */
function count(modules: readonly TestModule[]): Tally {
  const tally: Tally = { passed: 0, failed: 0, skipped: 0 }
  for (const module of modules) {
    tally.failed += module.errors().length
    for (const suite of module.children.allSuites()) tally.failed += suite.errors().length
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      if (state === 'passed') tally.passed++
      else if (state === 'failed') tally.failed++
      else tally.skipped++
    }
  }
  return tally
}
