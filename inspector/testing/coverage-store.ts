/**
 * The file to which the processes of a test run add what they have counted.
 *
 * @module
 */
import { closeSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { type CoverageReport, mergeCoverage, openCoverage } from '../session/coverage-file.ts'
import { isRefused } from '../session/recording.ts'

/** How long another process may hold the file, in ms: one that was killed meanwhile holds it for ever. */
const longestHold = 5_000
const pause = 5

function tryLock(path: string): boolean {
  try {
    closeSync(openSync(path, 'wx'))
    return true
  } catch {
    return false
  }
}

function isStale(path: string): boolean {
  try {
    return Date.now() - statSync(path).mtimeMs > longestHold
  } catch {
    return false
  }
}

/** Blocks: a process that exits has no time to wait in any other way. */
function lock(path: string): void {
  const asleep = new Int32Array(new SharedArrayBuffer(4))
  while (!tryLock(path)) {
    if (isStale(path)) rmSync(path, { force: true })
    else Atomics.wait(asleep, 0, 0, pause)
  }
}

function existing(file: string): readonly CoverageReport[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return []
  }
  const report = openCoverage(text)
  // Somebody's other file is not overwritten.
  if (isRefused(report)) throw new Error(`${file}: ${report.refused}`)
  return [report]
}

/**
 * Adds a report to a file, which is made where it is missing.
 *
 * @throws Error when the file is something else, or cannot be written.
 */
export function addToFile(file: string, report: CoverageReport): void {
  if (report.machines.length === 0) return
  const held = `${file}.lock`
  // A directory that is not there would never be free.
  const made = `${file}.${process.pid}.new`
  writeFileSync(made, '')
  lock(held)
  try {
    writeFileSync(made, `${JSON.stringify(mergeCoverage(...existing(file), report))}\n`)
    renameSync(made, file)
  } finally {
    rmSync(held, { force: true })
    rmSync(made, { force: true })
  }
}
