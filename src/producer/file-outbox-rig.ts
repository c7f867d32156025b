/**
 * Directories for the tests of outboxes in files.
 *
 * @module
 */
import { cpSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A name for a directory that does not exist yet, and is gone when the test is over. */
export function freshDirectory(): string {
  const parent = mkdtempSync(join(tmpdir(), 'statewire-outbox-'))
  onTestFinished(() => rmSync(parent, { recursive: true }))
  return join(parent, 'outbox')
}

/** What the outbox would be if its process was killed now: a copy, whose owners are gone. */
export function afterCrash(directory: string): string {
  const copy = freshDirectory()
  cpSync(directory, copy, { recursive: true, preserveTimestamps: true })
  for (const slot of slotsIn(copy))
    for (const name of readdirSync(slot))
      if (name.startsWith('owner.')) renameSync(join(slot, name), join(slot, 'free.1'))
  return copy
}

/** The directories of its slots. */
export function slotsIn(directory: string): string[] {
  return readdirSync(directory).map((name) => join(directory, name))
}

/** The files of its slots. */
export function filesIn(directory: string): string[] {
  return slotsIn(directory).map((slot) => join(slot, 'outbox.log'))
}
