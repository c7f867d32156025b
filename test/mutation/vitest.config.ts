import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/**
 * The tests that mutants of the charts and of the connection run against: fast ones, in Node, with simulated time. The day of
 * throttled timers, the faults and the command model run for longer than a mutant may take.
 */
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    environment: 'node',
    include: [
      'machines/*.test.ts',
      'src/{connection,codecs}/*.test.ts',
      'test/redaction/inspection.test.ts',
      'test/rules/*.test.ts',
      'test/simulation/*.test.ts',
    ],
    exclude: ['**/*.browser.test.ts', 'test/simulation/{day,herd,budget}.test.ts'],
    // What weighs the heap after a million messages cannot be run a thousand times.
    testNamePattern: '^(?!.*a million)',
    testTimeout: 5_000,
  },
})
