/**
 * Keeps modules apart in the build. Bundled together, whatever the entries share would land in one chunk, and a page that loads
 * `createTransport` would carry every protocol: a user's bundler can drop and split modules, not halves of a chunk. (Measured:
 * `createTransport` with a 150-byte function of the HTTP chunk took the whole chunk along, 6 kB gzip.)
 *
 * @module
 */
import { dirname, join, relative } from 'node:path'
import { build, type Plugin } from 'esbuild'
import { repository } from './package-entries.ts'

/** The output name of a source: `src/transports/sse.ts` is `transports/sse`, the charts keep their room: `machines/connection`. */
export function outputOf(source: string): string {
  return source.replace(/^src\//, '').replace(/\.tsx?$/, '')
}

/**
 * What comes as a bundle of its own: the inspector's page is made of packages that no user has to install. Modules load it by the
 * name it has beside them.
 */
export const bundledApart = 'inspector/element/panel.tsx'

/** Leaves the import of {@link bundledApart} as it is. */
const leaveApart: Plugin = {
  name: 'leave-apart',
  setup(building) {
    building.onResolve({ filter: /\.tsx$/ }, ({ path, resolveDir }) =>
      relative(repository, join(resolveDir, path)) === bundledApart ? { path, external: true } : undefined,
    )
  },
}

/** All modules of ours that these sources import, themselves included, as paths from the repository, but for {@link bundledApart}. */
export async function modulesOf(sources: readonly string[], platform: 'browser' | 'node'): Promise<readonly string[]> {
  const { metafile } = await build({
    absWorkingDir: repository,
    entryPoints: [...sources],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    splitting: true,
    outdir: 'dist',
    platform,
    packages: 'external',
    plugins: [leaveApart],
    logLevel: 'error',
  })
  return Object.keys(metafile.inputs)
}

/** Leaves every import of our own modules an import, by the name the module has in the output. `#http` gets its file here. */
export function oneFilePerModule(): Plugin {
  const ours = Symbol('ours')
  return {
    name: 'one-file-per-module',
    setup(building) {
      building.onResolve({ filter: /^[.#]/ }, async ({ path, importer, resolveDir, kind, pluginData }) => {
        if (kind === 'entry-point' || pluginData === ours) return undefined
        const found = await building.resolve(path, { importer, resolveDir, kind, pluginData: ours })
        if (found.errors.length > 0) return { errors: found.errors }
        return { path: fromTo(importer, found.path), external: true }
      })
    },
  }
}

function fromTo(importer: string, file: string): string {
  const [from, to] = [importer, file].map((path) => join('/', outputOf(relative(repository, path))))
  const path = relative(dirname(from ?? '/'), `${to}.js`)
  return path.startsWith('.') ? path : `./${path}`
}
