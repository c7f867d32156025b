import { gzipSync } from 'node:zlib'
import { build, type Plugin } from 'esbuild'
import { expect, test } from 'vitest'
import { modulesOf, oneFilePerModule } from '../tools/one-file-per-module.ts'
import { repository } from '../tools/package-entries.ts'

const entry = 'src/react/index.ts'

/** The entry as `npm run build` makes it. */
async function built(): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: repository,
    entryPoints: [entry],
    plugins: [oneFilePerModule()],
    bundle: true,
    write: false,
    format: 'esm',
    packages: 'external',
  })
  return outputFiles[0]?.text ?? ''
}

test('the built entry marks the boundary of Server Components in its first line', async () => {
  expect(await built()).toMatch(/^(["'])use client\1;?\n/)
})

test('the built entry names each export, as a boundary must', async () => {
  const text = await built()
  expect(text).toContain('useSSE')
  expect(text).not.toMatch(/export\s*\*/)
})

/** Whatever is not of the entry's own folder stays outside. */
const ownOnly: Plugin = {
  name: 'own-only',
  setup(building) {
    building.onResolve({ filter: /^\.\.\// }, ({ path }) => ({ path, external: true, sideEffects: false }))
  },
}

test('the entry adds at most 2 kB to the core, compressed', async () => {
  const { outputFiles } = await build({
    absWorkingDir: repository,
    entryPoints: [entry],
    plugins: [ownOnly],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    packages: 'external',
  })
  const size = gzipSync(outputFiles[0]?.contents ?? '').length
  console.info(`statewire/react on top of the core: ${size} bytes gzip`)
  expect(size).toBeGreaterThan(500)
  expect(size).toBeLessThanOrEqual(2_000)
})

test('the entry loads no other framework and no server', async () => {
  const modules = await modulesOf([entry], 'browser')
  expect(modules).toContain(entry)
  expect(modules.filter((file) => /^src\/(vue|svelte|server|cli)\//.test(file))).toEqual([])
})
