/**
 * Runs exported regression tests as their reader would: by vitest, in a directory of their own.
 *
 * @module
 */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll } from 'vitest'

const artefacts = fileURLToPath(new URL('../../artefacts/', import.meta.url))
const vitest = fileURLToPath(new URL('../../../node_modules/vitest/vitest.mjs', import.meta.url))
const charts = fileURLToPath(new URL('../../../machines/index.ts', import.meta.url))

/** The package by its name, without having to build it first. */
const config = `export default { resolve: { alias: { 'statewire/machines': ${JSON.stringify(charts)} } } }`

interface Outcome {
  readonly passed: boolean
  readonly output: string
}

/** @returns runs a test beside `machines.ts`, the source of which may be changed first. */
export function replaying(): (text: string, change?: (source: string) => string) => Promise<Outcome> {
  let directory: string

  beforeAll(async () => {
    await mkdir(artefacts, { recursive: true })
    directory = await mkdtemp(join(artefacts, 'regression-'))
    await writeFile(join(directory, 'package.json'), '{ "type": "module" }')
    await writeFile(join(directory, 'vitest.config.js'), config)
  })

  afterAll(() => rm(directory, { recursive: true, force: true }))

  return async (text, change = (source) => source) => {
    const source = await readFile(new URL('./machines.ts', import.meta.url), 'utf8')
    await writeFile(join(directory, 'machines.ts'), change(source))
    await writeFile(join(directory, 'recorded.test.ts'), text)
    const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' }
    return promisify(execFile)(process.execPath, [vitest, 'run', '--root', directory], { env }).then(
      ({ stdout }) => ({ passed: true, output: stdout }),
      (failed: { stdout: string; stderr: string }) => ({ passed: false, output: failed.stdout + failed.stderr }),
    )
  }
}
