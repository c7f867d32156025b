import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { installCommand, missingEngines } from './engines/installed.ts'
import { browserProjects } from './engines/projects.ts'
import { SlowFirst } from './tools/slow-first.ts'
import { summaryReporter } from './tools/summary-reporter.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const globalSetup = fileURLToPath(new URL('./rigs/global-setup.ts', import.meta.url))
const inCI = process.env.CI === 'true'
const missing = missingEngines()

if (inCI && missing.length > 0) {
  throw new Error(`CI must run every engine, and ${missing.join(', ')} is missing. Type: ${installCommand(missing)}`)
}

export default defineConfig({
  root,
  test: {
    // Here and not in the projects: there it would run once for each of them. What it provides reaches them all.
    globalSetup: existsSync(globalSetup) ? [globalSetup] : [],
    reporters: ['default', summaryReporter(missing)],
    sequence: { sequencer: SlowFirst },
    // One more than CI has cores: many of the longest tests wait, for browsers and for real time.
    maxWorkers: 3,
    // Projects do not extend this file, they are complete as they are written.
    projects: [
      {
        root,
        test: {
          name: 'node',
          environment: 'node',
          include: ['{src,machines,inspector,test,docs}/**/*.test.{ts,tsx}'],
          exclude: ['**/*.browser.test.{ts,tsx}', '**/node_modules/**'],
          testTimeout: 20_000,
          hookTimeout: 30_000,
          expect: { poll: { timeout: 10_000 } },
        },
      },
      ...browserProjects().map((project) => ({ root, ...project })),
    ],
    coverage: {
      // `npm run coverage`: counting slows every test down, and CI has a quarter of an hour.
      enabled: false,
      // The only provider that counts in all engines: V8's own counters exist in Chromium alone.
      provider: 'istanbul',
      include: ['{src,machines,inspector}/**/*.{ts,tsx}'],
      exclude: ['**/*.test.{ts,tsx}'],
      reporter: ['text', 'text-summary', 'json-summary', 'html'],
      reportsDirectory: 'test/artefacts/coverage',
      thresholds: { lines: 90 },
    },
  },
})
