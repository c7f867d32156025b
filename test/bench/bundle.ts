/**
 * The measured processes as plain JavaScript, which is what users run. From the TypeScript sources Node would strip some eighty files
 * of ours and five of a bare loop's, and its background compilers could still be busy with that while the clocks run.
 *
 * @module
 */
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const folder = fileURLToPath(new URL('../artefacts/bench', import.meta.url))

/** Bundles a script of this folder and says where it is. What it imports late stays apart and is loaded late. */
export async function bundled(script: string): Promise<string> {
  await build({
    entryPoints: [fileURLToPath(new URL(script, import.meta.url))],
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    platform: 'node',
    target: 'node20.19',
    packages: 'external',
  })
  return `${folder}/${script.replace(/\.ts$/, '.mjs')}`
}
