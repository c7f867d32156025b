/**
 * Which Node the machine itself has. `npm run` puts `node_modules/.bin` first on the PATH, and a newer Node may lie there
 * (see setup.mjs): asking `process.version` would then answer for ours and not for theirs.
 *
 * Plain JavaScript: it runs before anything is installed, on Node 20.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The first `node` on the PATH outside every node_modules; `process.execPath` where there is none. */
export function systemNode() {
  const file = process.platform === 'win32' ? 'node.exe' : 'node'
  const folders = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder && !folder.includes('node_modules'))
  const path =
    folders.map((folder) => join(folder, file)).find((candidate) => existsSync(candidate)) ?? process.execPath
  const version = spawnSync(path, ['-p', 'process.versions.node'], { encoding: 'utf8' }).stdout.trim()
  return { path, version }
}

/** `true` when `version` ("20.20.2") is at least `major.minor`. */
export function atLeast(version, major, minor) {
  const [ourMajor = 0, ourMinor = 0] = version.split('.').map(Number)
  return ourMajor > major || (ourMajor === major && ourMinor >= minor)
}
