/**
 * Where this repository keeps what users import: `statewire/react` is `src/react/index.ts`. Examples import as users do, and need no build.
 *
 * @module
 */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = new URL('../../', import.meta.url)

interface Entry {
  readonly types?: string
}

/** The source of each entry, by the name it is imported by. */
export const sources: ReadonlyMap<string, string> = new Map(
  Object.entries<Entry | string>(JSON.parse(readFileSync(new URL('package.json', root), 'utf8')).exports).flatMap(
    ([name, entry]) => {
      const declared = typeof entry === 'string' ? undefined : entry.types
      const stem = declared?.replace(/^\.\/dist\/types\//, '').replace(/\.d\.ts$/, '')
      const file = ['.ts', '.tsx'].map((ending) => fileURLToPath(new URL(`${stem}${ending}`, root))).find(existsSync)
      return file === undefined ? [] : [[name.replace(/^\./, 'statewire'), file] as const]
    },
  ),
)
