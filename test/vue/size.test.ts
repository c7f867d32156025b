import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, test } from 'vitest'
import { repository } from '../tools/package-entries.ts'

test('the entry adds less than 2 kB (gzip) to the core', async () => {
  const { outputFiles } = await build({
    absWorkingDir: repository,
    entryPoints: ['src/vue/index.ts'],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    logLevel: 'silent',
    plugins: [
      {
        name: 'only this entry',
        setup({ onResolve }) {
          onResolve({ filter: /./ }, ({ kind, path }) => {
            const own = kind === 'entry-point' || path.startsWith('./')
            return own ? undefined : { path, external: true }
          })
        },
      },
    ],
  })
  const bytes = gzipSync(outputFiles[0]?.contents ?? '').length
  console.log(`statewire/vue on top of the core: ${bytes} bytes`)
  expect(bytes).toBeGreaterThan(500)
  expect(bytes).toBeLessThanOrEqual(2_000)
})
