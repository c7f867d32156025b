import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

const entry = fileURLToPath(new URL('../../src/svelte/index.ts', import.meta.url))

test('the entry costs less than 2 kB on top of the core', async () => {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    plugins: [
      {
        name: 'only this entry',
        setup: ({ onResolve }) =>
          onResolve({ filter: /.*/ }, ({ kind, path }) => ({
            ...(kind !== 'entry-point' && !path.startsWith('./') && { path, external: true }),
          })),
      },
    ],
  })
  const bytes = gzipSync(outputFiles[0]?.contents ?? '').byteLength
  console.info(`statewire/svelte on top of the core: ${bytes} bytes gzip`)
  expect(bytes).toBeGreaterThan(500)
  expect(bytes).toBeLessThan(2_000)
})
