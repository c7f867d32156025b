/**
 * The application of `page/`, built once for each version of React that it runs on.
 *
 * @module
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import type * as Rendering from './page/server.tsx'

export type ReactVersion = 18 | 19

/** The package of React 18 has a name of its own here. */
const alias = { 18: { react: 'react18', 'react-dom': 'react-dom18' }, 19: {} } as const

function bundleOf(file: string, react: ReactVersion, forNode: boolean): Promise<string> {
  return build({
    entryPoints: [fileURLToPath(new URL(`page/${file}`, import.meta.url))],
    bundle: true,
    write: false,
    alias: alias[react],
    platform: forNode ? 'node' : 'browser',
    format: forNode ? 'cjs' : 'iife',
    target: 'es2022',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"development"' },
    logLevel: 'error',
  }).then(({ outputFiles }) => outputFiles[0]?.text ?? '')
}

/** The page's script. */
export function scriptOf(react: ReactVersion): Promise<string> {
  return bundleOf('browser.tsx', react, false)
}

/** The functions that render it in Node. */
export async function rendererOf(react: ReactVersion): Promise<typeof Rendering> {
  const folder = await mkdtemp(join(tmpdir(), 'statewire-react-'))
  try {
    const file = join(folder, 'server.cjs')
    await writeFile(file, await bundleOf('server.tsx', react, true))
    return await import(pathToFileURL(file).href)
  } finally {
    await rm(folder, { recursive: true })
  }
}
