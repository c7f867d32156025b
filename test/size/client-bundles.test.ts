import { existsSync } from 'node:fs'
import { build } from 'esbuild'
import { describe, expect, test } from 'vitest'
import { packageEntries, repository } from '../tools/package-entries.ts'

const clientEntries = packageEntries().filter(({ inBrowsers, source }) => inBrowsers && existsSync(source))

/** Plain configuration enters here, and is checked at run time. */
const CHECKING = ['.', './react', './svelte', './vanilla', './vue']

/** Every module a browser would load for this entry, lazily or not, and every package it would ask for. */
async function modulesOf(source: string): Promise<readonly string[]> {
  const { metafile } = await build({
    absWorkingDir: repository,
    entryPoints: [source],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    splitting: true,
    outdir: 'dist',
    platform: 'browser',
    logLevel: 'silent',
  })
  return Object.keys(metafile.inputs)
}

describe('what a client bundle holds', () => {
  test('there are client entries to look at', () => {
    expect(clientEntries.map(({ subpath }) => subpath)).toContain('.')
  })

  test.each(clientEntries)(
    '$subpath brings neither ws, nor a server file, nor the file for Node',
    async ({ source }) => {
      const modules = await modulesOf(source)
      expect(modules).toContain(source)
      const wrong = modules.filter((file) => /^node_modules\/ws\/|^src\/(server|cli)\/|\.node\.ts$/.test(file))
      expect(wrong).toEqual([])
    },
  )

  test.each(clientEntries.filter(({ subpath }) => !CHECKING.includes(subpath)))(
    '$subpath brings no zod',
    async ({ source }) => {
      const modules = await modulesOf(source)
      expect(modules.filter((file) => file.startsWith('node_modules/zod/'))).toEqual([])
    },
  )

  test('the whole library brings the small zod and not the large one', async () => {
    const modules = await modulesOf('src/index.ts')
    const classic = modules.filter((file) => file.startsWith('node_modules/zod/v4/classic/'))
    expect(classic).toEqual([])
    expect(modules.filter((file) => file.startsWith('node_modules/zod/v4/mini/')).length).toBeGreaterThan(0)
  })
})
