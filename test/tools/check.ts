/**
 * `npm run check`: everything besides the tests that must hold before a change is taken. Runs on after a failure and shows the
 * output of what failed. Its exit code is the number of failed checks.
 *
 * @module
 */
import { spawnSync } from 'node:child_process'
import { repository } from './package-entries.ts'

/** What it shows, and the command. Those after the build look at what was built. */
const checks: readonly (readonly [string, string])[] = [
  ['types', 'tsc --noEmit -p .'],
  ['lint and format', 'biome check --error-on-warnings --max-diagnostics=20 .'],
  ['unused files, exports and dependencies', 'knip'],
  ['duplicated code', 'jscpd src machines inspector test docs'],
  // A lock that `npm install` writes can be one that `npm ci` refuses, when a platform package is missing in the registry.
  ['lock file', 'npm ci --dry-run --ignore-scripts'],
  ['build', 'node test/tools/build.ts'],
  ['package shape (publint)', 'publint --strict'],
  ['types of the package (attw)', 'attw --pack . --profile esm-only'],
  ['sizes', 'size-limit'],
  ["smoke test on the machine's Node", 'node test/tools/smoke.ts'],
]

/** Of one check's output: enough for the first few findings, and the next check stays in sight. */
const mostLines = 60

const failed = checks.filter(([name, command]) => !holds(name, command)).map(([name]) => name)
console.log(
  failed.length === 0
    ? `${checks.length} checks passed`
    : `${checks.length - failed.length} of ${checks.length} checks passed; not: ${failed.join(', ')}`,
)
process.exitCode = failed.length

function holds(name: string, command: string): boolean {
  const start = performance.now()
  const { status, stdout, stderr } = spawnSync(command, {
    cwd: repository,
    shell: true,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
    maxBuffer: 64 * 1024 * 1024,
  })
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  const good = status === 0
  console.log(`${good ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`)
  // The sizes are worth reading when they hold, too.
  if (!good || command === 'size-limit') show(`${stdout}${stderr}`)
  return good
}

function show(output: string): void {
  const lines = output.trim().split('\n')
  for (const line of lines.slice(0, mostLines)) console.log(`       ${line}`)
  if (lines.length > mostLines) console.log(`       … and ${lines.length - mostLines} lines more`)
}
