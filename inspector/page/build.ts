/**
 * Builds the page into a directory of static files: no request leaves its own origin.
 *
 * @module
 */
import { copyFileSync, mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const here = dirname(fileURLToPath(import.meta.url))
const { resolve } = createRequire(import.meta.url)

const fonts = [
  { name: 'inter', file: '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2' },
  { name: 'jetbrains-mono', file: '@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2' },
] as const

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
    entryPoints: [join(here, 'main.tsx')],
    outdir: directory,
    bundle: true,
    // What is exported is loaded when somebody exports.
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    legalComments: 'linked',
    external: ['fonts/*'],
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'silent',
  })
  for (const name of ['index.html', 'icon.svg']) copyFileSync(join(here, name), join(directory, name))
  for (const { name, file } of fonts) {
    const source = resolve(file)
    copyFileSync(source, join(directory, 'fonts', `${name}.woff2`))
    copyFileSync(join(dirname(source), '..', 'LICENSE'), join(directory, 'fonts', `${name}.LICENSE.txt`))
  }
}
