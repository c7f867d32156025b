import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { repository } from './package-entries.ts'

// Inside the repository, so that the fixtures find vitest; below node_modules, so that no other run finds them.
const cache = `${repository}/node_modules/.cache`
const folders: string[] = []

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** Runs vitest over these files in a process of its own. Returns its exit code and what it printed last. */
function runOver(files: Readonly<Record<string, string>>): { readonly code: number | null; readonly last: string } {
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(`${cache}/summary-`)
  folders.push(folder)
  const reporter = fileURLToPath(new URL('./summary-reporter.ts', import.meta.url))
  writeFileSync(
    `${folder}/vitest.config.ts`,
    `import { summaryReporter } from ${JSON.stringify(reporter)}
     export default { root: ${JSON.stringify(folder)}, test: { include: ['*.case.ts'], exclude: [], reporters: ['default', summaryReporter([])] } }`,
  )
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(`${folder}/${name}.case.ts`, `import { beforeAll, expect, test } from 'vitest'\n${text}`)
  }
  const { status, stdout } = spawnSync('vitest', ['run', '-c', `${folder}/vitest.config.ts`], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${repository}/node_modules/.bin:${process.env.PATH}` },
  })
  return { code: status, last: stdout.trimEnd().split('\n').at(-1) ?? '' }
}

test('the last line counts passed, failed and skipped tests', { timeout: 60_000 }, () => {
  const { code, last } = runOver({
    one: `test('a', () => {}); test('b', () => {}); test.skip('c', () => {}); test('d', () => expect(1).toBe(2))`,
  })
  expect(last).toBe('2 passed, 1 failed, 1 skipped')
  expect(code).toBe(1)
})

test('a file that does not load is a failure', { timeout: 60_000 }, () => {
  const { code, last } = runOver({ good: `test('a', () => {})`, broken: `throw new Error('at import')` })
  expect(last).toBe('1 passed, 1 failed')
  expect(code).toBe(1)
})

test('a rejection that nobody handles is a failure, although every test passed', { timeout: 60_000 }, () => {
  const { code, last } = runOver({ one: `test('a', () => { void Promise.reject(new Error('forgotten')) })` })
  expect(last).toBe('1 passed, 1 failed')
  expect(code).toBe(1)
})

test('a run without any failure has no third number', { timeout: 60_000 }, () => {
  const { code, last } = runOver({ one: `test('a', () => {})` })
  expect(last).toBe('1 passed, 0 failed')
  expect(code).toBe(0)
})
