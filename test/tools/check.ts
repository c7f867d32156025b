/**
 * `npm run check`: everything besides the tests that must hold before a change is taken. Runs on after a failure and shows the
 * output of what failed. Its exit code is the number of failed checks.
 *
 * @module
 */
import { exec } from 'node:child_process'
import { repository } from './package-entries.ts'

type Check = readonly [name: string, command: string]

/** What it shows, and the command. */
const sources: readonly Check[] = [
  ['types', 'tsc --noEmit -p .'],
  ['lint and format', 'biome check --error-on-warnings --max-diagnostics=20 .'],
  ['unused files, exports and dependencies', 'knip'],
  ['duplicated code', 'jscpd src machines inspector test docs'],
  // A lock that `npm install` writes can be one that `npm ci` refuses, when a platform package is missing in the registry.
  ['lock file', 'npm ci --dry-run --ignore-scripts'],
]
const building: readonly Check[] = [['build', 'node test/tools/build.ts']]
/** These look at what was built. */
const built: readonly Check[] = [
  ['types of the package (attw)', 'attw --pack . --profile esm-only'],
  ["smoke test on the machine's Node", 'node test/tools/smoke.ts'],
  ['package shape (publint)', 'publint --strict'],
  ['sizes', 'size-limit'],
]

/** Of one check's output: enough for the first few findings, and the next check stays in sight. */
const mostLines = 60

const failed: string[] = []
// Side by side: the sources stay as they are while the package is built from them.
await Promise.all([inOrder([...building, ...built]), inOrder(sources)])
const all = sources.length + building.length + built.length
console.log(
  failed.length === 0
    ? `${all} checks passed`
    : `${all - failed.length} of ${all} checks passed; not: ${failed.join(', ')}`,
)
process.exitCode = failed.length

async function inOrder(checks: readonly Check[]): Promise<void> {
  for (const next of checks) await check(next)
}

function check([name, command]: Check): Promise<void> {
  const start = performance.now()
  const options = { cwd: repository, env: { ...process.env, NO_COLOR: '1' }, maxBuffer: 64 * 1024 * 1024 }
  return new Promise((resolve) => {
    exec(command, options, (failure, stdout, stderr) => {
      const seconds = ((performance.now() - start) / 1000).toFixed(1)
      console.log(`${failure === null ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`)
      // The sizes are worth reading when they hold, too.
      if (failure !== null || command === 'size-limit') show(`${stdout}${stderr}`)
      if (failure !== null) failed.push(name)
      resolve()
    })
  })
}

function show(output: string): void {
  const lines = output.trim().split('\n')
  for (const line of lines.slice(0, mostLines)) console.log(`       ${line}`)
  if (lines.length > mostLines) console.log(`       … and ${lines.length - mostLines} lines more`)
}
