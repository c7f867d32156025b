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

/** What counts descriptors or weighs a heap, which must be its own. */
const ownProcess = [
  'src/server/operations/descriptors.test.ts',
  'src/connection/messages.test.ts',
  'test/{bench,soak}/**/*.test.ts',
]

/** CI has a quarter of an hour: the inspector's page is driven by hand, but for one walk through all of it. */
const leftOutInCI = inCI ? ['test/inspector/page/**', 'test/inspector/doors/engines.test.ts'] : []

/** Files share a process, or 330 of them would load the same modules 330 times: that is a third of the CPU they need. */
function nodeProject(
  name: string,
  files: { readonly include: string[]; readonly exclude?: string[] },
  isolate: boolean,
) {
  const { include, exclude = [] } = files
  return {
    root,
    test: {
      name,
      environment: 'node',
      isolate,
      include,
      exclude: ['**/*.browser.test.{ts,tsx}', '**/node_modules/**', ...exclude],
      testTimeout: 60_000,
      hookTimeout: 60_000,
      expect: { poll: { timeout: 10_000 } },
    },
  }
}

export default defineConfig({
  root,
  test: {
    // Here and not in the projects: there it would run once for each of them. What it provides reaches them all.
    globalSetup: existsSync(globalSetup) ? [globalSetup] : [],
    reporters: ['default', summaryReporter(missing)],
    sequence: { sequencer: SlowFirst },
    // One more than CI has cores: many of the longest tests wait, for browsers and for real time. With four the same suite took as long.
    maxWorkers: 3,
    // Projects do not extend this file, they are complete as they are written.
    projects: [
      nodeProject(
        'node',
        {
          include: ['{src,machines,inspector,test,docs}/**/*.test.{ts,tsx}'],
          exclude: [...ownProcess, ...leftOutInCI],
        },
        false,
      ),
      nodeProject('node alone', { include: ownProcess }, true),
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
