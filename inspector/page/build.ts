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
  // What is exported is loaded when somebody exports.
  splitting: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  minify: true,
  legalComments: 'linked',
  define: { 'process.env.NODE_ENV': '"production"' },
  logLevel: 'silent',
} as const satisfies BuildOptions

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
  await build({
    ...common,
    entryPoints: [join(here, '../element/panel.tsx')],
    outdir: directory,
    chunkNames: 'page/[name]-[hash]',
    external: ['xstate'],
    plugins: [inlineStyles()],
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
  await build({
    ...common,
    entryPoints: [join(here, 'main.tsx')],
    outdir: directory,
    external: ['fonts/*'],
  })
  for (const name of ['index.html', 'icon.svg']) copyFileSync(join(here, name), join(directory, name))
  for (const { name, file } of fonts) {
    const source = resolve(file)
    copyFileSync(source, join(directory, 'fonts', `${name}.woff2`))
    copyFileSync(join(dirname(source), '..', 'LICENSE'), join(directory, 'fonts', `${name}.LICENSE.txt`))
  }
}
