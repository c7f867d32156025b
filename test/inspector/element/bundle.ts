/**
 * An app with the panel in it, as its author's bundler makes it.
 *
 * @module
 */
import { type BuildOptions, type BuildResult, build } from 'esbuild'
import { inlineStyles } from '../../../inspector/page/build.ts'

const common = {
  bundle: true,
  splitting: true,
  format: 'esm',
  target: 'es2022',
  outdir: '/',
  write: false,
  minify: true,
  metafile: true,
  logLevel: 'error',
} as const satisfies BuildOptions

/** What is loaded at the start, and the chunks that are loaded later. */
export function bundle(
  mode: 'production' | 'development',
  app: Pick<BuildOptions, 'entryPoints' | 'stdin' | 'packages'>,
): Promise<BuildResult<typeof common>> {
  return build({
    ...common,
    ...app,
    define: { 'process.env.NODE_ENV': JSON.stringify(mode) },
    plugins: [inlineStyles()],
  })
}
