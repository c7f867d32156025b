/**
 * The lock of a slot: in the slot's directory stands one empty file whose name says who owns it, `owner.<who>` or `free.<nonce>`.
 *
 * It is taken by renaming that file from the name that was seen to a name of one's own. A rename fails when its source is not
 * there, and no name is ever used twice: of all that saw the same dead owner exactly one can win, and who comes late finds
 * the name it saw gone. With a lock file that is deleted and made anew that is impossible to say: between seeing that its owner
 * is dead and deleting it, somebody else may have deleted it, made theirs, and had it deleted by us.
 *
 * @module
 */
import { randomBytes } from 'node:crypto'
import { readdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isAlive, ownerName, parseOwner } from './file-lock-owner.ts'
import { codeOf, outboxFailure } from './file-outbox-failure.ts'

const OWNED = 'owner.'
const FREE = 'free.'

/** A slot of which this process is the only owner. */
export interface FileLock {
  /** The slot's directory. */
  readonly directory: string
  /** Lets others have it. Once: the name is nobody's afterwards. */
  free(): Promise<void>
}

/** Makes the lock of a slot that nobody else can see yet. */
export async function makeLock(directory: string): Promise<string> {
  const name = OWNED + ownerName()
  await writeFile(join(directory, name), '', { flag: 'wx', mode: 0o600 })
  return name
}

/** The lock of that name, which is ours. */
export function heldLock(directory: string, name: string): FileLock {
  return {
    directory,
    free: () => rename(join(directory, name), join(directory, FREE + randomBytes(8).toString('hex'))),
  }
}

/**
 * The name of the lock, when nobody holds it. `undefined` when somebody does, when somebody is about to (a directory that is read
 * while a name changes may show neither), and when there is no such slot.
 */
export async function looseLock(directory: string): Promise<string | undefined> {
  const names = await readdir(directory).catch(missing)
  const name = names?.find((each) => each.startsWith(OWNED) || each.startsWith(FREE))
  if (name === undefined || name.startsWith(FREE)) return name
  const owner = parseOwner(name.slice(OWNED.length))
  if (owner === undefined)
    throw outboxFailure(new Error(`No owner of an outbox has the name of ${join(directory, name)}.`))
  return isAlive(owner) ? undefined : name
}

/** Takes a lock under the name that {@link looseLock} has seen; `undefined` when somebody else was faster. */
export async function takeLock(directory: string, seen: string): Promise<FileLock | undefined> {
  const name = OWNED + ownerName()
  const taken = await rename(join(directory, seen), join(directory, name)).then(() => true, missing)
  return taken === undefined ? undefined : heldLock(directory, name)
}

function missing(error: unknown): undefined {
  if (codeOf(error) === 'ENOENT') return undefined
  throw error
}
