/**
 * The page as a few files in memory, bundled once when the server starts. Nothing is fetched from anywhere else.
 *
 * @module
 */
import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

export interface PageFile {
  readonly type: string
  readonly body: Uint8Array
}

const folder = new URL('page/', import.meta.url)
const inFolder = (name: string): string => fileURLToPath(new URL(name, folder))

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** @returns the files of the page by their path. */
export async function bundlePage(): Promise<ReadonlyMap<string, PageFile>> {
  const [{ outputFiles }, html, icon] = await Promise.all([
    build({
      entryPoints: [inFolder('main.ts'), inFolder('style.css')],
      bundle: true,
      format: 'esm',
      target: 'es2022',
      minify: true,
      write: false,
      outdir: '/',
      logLevel: 'error',
    }),
    readFile(inFolder('index.html')),
    readFile(inFolder('icon.svg')),
  ])
  const built = outputFiles.map((file) => [file.path, file.contents] as const)
  const files = [...built, ['/', html] as const, ['/icon.svg', icon] as const]
  return new Map(files.map(([path, body]) => [path, { type: types[extname(path) || '.html'] ?? 'text/plain', body }]))
}
