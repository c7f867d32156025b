/**
 * The page as a few files in memory. Nothing is fetched from anywhere else.
 *
 * @module
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { extname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { buildPage } from '../../../inspector/page/build.ts'

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
  '.woff2': 'font/woff2',
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
  return filesOf([...built, ['/', html], ['/icon.svg', icon]])
}

function filesOf(found: readonly (readonly [path: string, body: Uint8Array])[]): ReadonlyMap<string, PageFile> {
  return new Map(found.map(([path, body]) => [path, { type: types[extname(path) || '.html'] ?? 'text/plain', body }]))
}

/**
 * The inspector, served beside the page: it hears the page's connections over a BroadcastChannel of their origin.
 *
 * @returns its files by their path, which begins with `/inspector/`.
 */
export async function bundleInspector(): Promise<ReadonlyMap<string, PageFile>> {
  const directory = await mkdtemp(join(tmpdir(), 'statewire-inspector-'))
  try {
    await buildPage(directory)
    const found = await readdir(directory, { recursive: true, withFileTypes: true })
    const paths = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
    return filesOf(
      await Promise.all(
        paths.map(async (path) => {
          const name = relative(directory, path).replace('index.html', '').replaceAll('\\', '/')
          return [`/inspector/${name}`, await readFile(path)] as const
        }),
      ),
    )
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
