/**
 * What package.json promises to users, read from package.json: the build makes it, the checks hold it to that.
 *
 * @module
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The repository, where package.json is. */
export const repository = fileURLToPath(new URL('../..', import.meta.url))

/** A thing a user can import, or the program they can run. */
export interface PackageEntry {
  /** As after the package's name: `.`, `./sse`, `./server`; `bin` for the program. */
  readonly subpath: string
  /** Its source, from the repository: `src/sse.ts`. */
  readonly source: string
  /** Its name under `dist/node` and `dist/browser`, without the ending. */
  readonly output: string
  /** `false` for what runs in Node only. */
  readonly inBrowsers: boolean
}

/** The entries in the order of `exports`, then the program. */
export function packageEntries(): readonly PackageEntry[] {
  const manifest: unknown = JSON.parse(readFileSync(`${repository}/package.json`, 'utf8'))
  const entries: PackageEntry[] = []
  for (const [subpath, conditions] of fields(manifest, 'exports')) {
    const file = typeof conditions === 'string' ? undefined : text(conditions, 'node')
    if (file) entries.push(entry(subpath, file, text(conditions, 'default') !== undefined))
  }
  for (const [, file] of fields(manifest, 'bin')) entries.push(entry('bin', String(file), false))
  return entries
}

function entry(subpath: string, file: string, inBrowsers: boolean): PackageEntry {
  const output = file.replace(/^\.\/dist\/node\/|\.js$/g, '')
  // The charts are a room of their own beside src, and keep their name.
  const source = output.startsWith('machines/') ? `${output}.ts` : `src/${output}.ts`
  return { subpath, source, output, inBrowsers }
}

function fields(holder: unknown, name: string): [string, unknown][] {
  const value: unknown = typeof holder === 'object' && holder !== null ? Reflect.get(holder, name) : undefined
  return typeof value === 'object' && value !== null ? Object.entries(value) : []
}

function text(holder: unknown, name: string): string | undefined {
  const value: unknown = typeof holder === 'object' && holder !== null ? Reflect.get(holder, name) : undefined
  return typeof value === 'string' ? value : undefined
}
