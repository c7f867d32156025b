/**
 * Builds the page into a directory of static files: no request leaves its own origin.
 *
 * @module
 */
import { copyFileSync, mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BuildOptions, build, type Plugin } from 'esbuild'

const here = dirname(fileURLToPath(import.meta.url))
const { resolve } = createRequire(import.meta.url)

const fonts = [
  { name: 'inter', file: '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2' },
  { name: 'jetbrains-mono', file: '@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2' },
] as const

/** What the page and the panel have in common. */
const common = {
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  minify: true,
  legalComments: 'linked',
  define: { 'process.env.NODE_ENV': '"production"' },
  logLevel: 'silent',
} as const satisfies BuildOptions

/**
 * Keeps together what is loaded first. What is loaded later finds the entry there in any case; esbuild is told so, or it would
 * cut the entry into a file for every group of modules that some of them share: twenty requests, and a tenth more bytes.
 */
function oneFirstPart(entry: string): Plugin {
  return {
    name: 'one-first-part',
    setup(building) {
      building.onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) =>
        kind === 'dynamic-import' ? { path: join(resolveDir, path), namespace: 'later' } : undefined,
      )
      building.onLoad({ filter: /./, namespace: 'later' }, ({ path }) => ({
        contents: `import ${JSON.stringify(entry)}\nexport * from ${JSON.stringify(path)}`,
        resolveDir: dirname(path),
      }))
    },
  }
}

/** Reads `./some.css?inline` as Vite does: the text of the sheet and of all that it imports. */
export function inlineStyles(): Plugin {
  return {
    name: 'inline-styles',
    setup(building) {
      building.onResolve({ filter: /\.css\?inline$/ }, ({ path, resolveDir }) => ({
        path: join(resolveDir, path.replace('?inline', '')),
        namespace: 'inline-styles',
      }))
      building.onLoad({ filter: /./, namespace: 'inline-styles' }, async ({ path }) => {
        const { outputFiles } = await build({
          entryPoints: [path],
          bundle: true,
          write: false,
          minify: true,
          logLevel: 'silent',
        })
        return { contents: outputFiles[0]?.text ?? '', loader: 'text' }
      })
    },
  }
}

/**
 * The page as it is loaded into an app's panel, `panel.js` and what that loads later. XState is the app's own.
 *
 * @param directory is made when it is missing; what has the same name in it is replaced.
 * @throws Error as esbuild says it, when a source is wrong.
 * @example
 * await buildPanel('dist/browser/inspector/element')
 */
export async function buildPanel(directory: string): Promise<void> {
  const panel = join(here, '../element/panel.tsx')
  await build({
    ...common,
    entryPoints: [panel],
    outdir: directory,
    chunkNames: 'page/[name]-[hash]',
    external: ['xstate'],
    plugins: [inlineStyles(), oneFirstPart(panel)],
  })
}

/**
 * Scripts, styles, fonts with their licences, and `index.html`.
 *
 * @param directory is made when it is missing; what has the same name in it is replaced.
 * @throws Error as esbuild says it, when a source is wrong.
 * @example
 * await buildPage('dist/inspector')
 */
export async function buildPage(directory: string): Promise<void> {
  mkdirSync(join(directory, 'fonts'), { recursive: true })
  const main = join(here, 'main.tsx')
  await build({
    ...common,
    entryPoints: [
      { in: main, out: 'main' },
      { in: join(here, 'page.css'), out: 'main' },
    ],
    outdir: directory,
    external: ['fonts/*'],
    plugins: [oneFirstPart(main)],
  })
  for (const name of ['index.html', 'icon.svg']) copyFileSync(join(here, name), join(directory, name))
  for (const { name, file } of fonts) {
    const source = resolve(file)
    copyFileSync(source, join(directory, 'fonts', `${name}.woff2`))
    copyFileSync(join(dirname(source), '..', 'LICENSE'), join(directory, 'fonts', `${name}.LICENSE.txt`))
  }
}
