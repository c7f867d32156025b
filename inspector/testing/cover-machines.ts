/**
 * One line in the set-up of a test suite: every actor it creates is counted, into a file and to an inspector that is looked at.
 *
 * @module
 */
import { resolve } from 'node:path'
import { attachInspector } from '../attach/attach.ts'
import type { InspectorLink } from '../attach/link.ts'
import { webSocketLink } from '../attach/web-socket-link.ts'
import { addToFile } from './coverage-store.ts'
import { eachRoot } from './each-root.ts'
import { type MachineCoverage, machineCoverage } from './machine-coverage.ts'

export interface CoverOptions {
  /** Default: the environment variable `STATEWIRE_COVERAGE`, else `statewire-coverage.json` where the process was started. */
  readonly file?: string | undefined
}

export interface Covered {
  readonly coverage: MachineCoverage
  /** Adds what was counted since the last time to the file; happens by itself when the process exits. */
  readonly save: () => void
  /** Counts no more actors. */
  readonly stop: () => void
}

/** One for the whole process: between two tests there is often nobody to tell of. An address that is none fails no test. */
function linkToHub(): InspectorLink | null {
  const url = process.env.STATEWIRE_INSPECT
  try {
    return url === undefined ? null : webSocketLink({ url })
  } catch {
    return null
  }
}

const nothing = (): void => {}

/** Of this copy of the module: whoever sets up twice counts once. */
let current: Covered | null = null

/**
 * Counts every actor that this process creates with the same copy of XState. Where `STATEWIRE_INSPECT` names a hub, as
 * `statewire inspect --app` does, all of them are shown there too.
 *
 * @throws Error (from `save`) when the file is something else, or cannot be written.
 * @example
 * // vitest.setup.ts, named in `setupFiles`
 * import { afterAll } from 'vitest'
 * import { coverMachines } from 'statewire/coverage/node'
 * afterAll(coverMachines().save)
 */
export function coverMachines({ file }: CoverOptions = {}): Covered {
  if (current !== null) return current
  const path = resolve(file ?? process.env.STATEWIRE_COVERAGE ?? 'statewire-coverage.json')
  const coverage = machineCoverage()
  const leave = coverage.everything()
  const link = linkToHub()
  const hide =
    link === null ? nothing : eachRoot((root) => void attachInspector(root, { link, name: `tests of ${process.pid}` }))
  const save = (): void => addToFile(path, coverage.take())
  const saveAtExit = (): void => {
    try {
      save()
    } catch (error) {
      process.stderr.write(`statewire: ${error instanceof Error ? error.message : String(error)}\n`)
    }
  }
  process.on('exit', saveAtExit)
  const covered: Covered = {
    coverage,
    save,
    stop() {
      leave()
      hide()
      link?.close()
      process.off('exit', saveAtExit)
      if (current === covered) current = null
    },
  }
  current = covered
  return covered
}
