/**
 * Slots in a directory: each is a directory of its own, with a lock and a file. How they are found, made and removed.
 *
 * @module
 */
import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Clock } from '../connection/clock.ts'
import { type FileLock, heldLock, looseLock, makeLock, takeLock } from './file-lock.ts'
import { headEntry, readEntries } from './file-outbox-entries.ts'
import { codeOf, outboxFailure } from './file-outbox-failure.ts'
import { createFile, DurableFile, syncDirectory } from './file-outbox-file.ts'
import { BURIED, FileSlot } from './file-outbox-slot.ts'
import type { OutboxSlot, ProducerIdentity } from './storage.ts'

const FILE = 'outbox.log'
const SLOT = /^[0-9a-f]{32}\.[0-9a-f]{32}$/
const MAKING = 'making.'
const REMOVING = 'removing.'
const DAY_MS = 86_400_000
const UNUSED_MS = 7 * DAY_MS

/** A slot that nobody holds, as it was seen. */
export interface LooseSlot {
  readonly directory: string
  /** The name of its lock. Never the same again once somebody had it. */
  readonly lock: string
}

/** Where the slot of a producer is. Hashes: an address may hold a secret in its query, and an id may be no name for a file. */
export function slotDirectory(root: string, stream: string, id: string): string {
  return join(root, `${hashed(stream)}.${hashed(id)}`)
}

/** The slots that nobody holds, of one stream or of all. */
export async function looseSlots(root: string, stream?: string): Promise<LooseSlot[]> {
  const prefix = stream === undefined ? '' : `${hashed(stream)}.`
  const names = (await namesIn(root)).filter((name) => SLOT.test(name) && name.startsWith(prefix))
  const slots = await Promise.all(names.map((name) => looseSlot(join(root, name))))
  return slots.filter((slot) => slot !== undefined)
}

/** This one; `undefined` when somebody holds it, or it does not exist. */
export async function looseSlot(directory: string): Promise<LooseSlot | undefined> {
  const lock = await looseLock(directory)
  return lock === undefined ? undefined : { directory, lock }
}

/** Whether a slot of this producer was buried. */
export async function isBuried(directory: string): Promise<boolean> {
  const names = await namesIn(dirname(directory))
  return names.some((name) => name.startsWith(`${BURIED}${basename(directory)}.`))
}

/** Whether something waits in it; `undefined` when that cannot be said, for instance because somebody has it by now. */
export async function isWaiting({ directory }: LooseSlot): Promise<boolean | undefined> {
  const path = join(directory, FILE)
  try {
    return readEntries(await readFile(path), path).batches.length > 0
  } catch {
    return undefined
  }
}

/** Becomes the owner of a slot; `undefined` when somebody else was faster. */
export async function takeSlot({ directory, lock }: LooseSlot, clock: Clock): Promise<FileSlot | undefined> {
  const taken = await takeLock(directory, lock)
  return taken && opened(taken, 'kept', clock)
}

/** Makes a slot and owns it. It is whole before anybody sees it; `undefined` when there is one of this producer already. */
export async function makeSlot(
  directory: string,
  producer: ProducerIdentity,
  found: 'new' | 'lost',
  clock: Clock,
): Promise<FileSlot | undefined> {
  const making = join(dirname(directory), MAKING + nonce())
  await mkdir(making, { mode: 0o700 })
  try {
    await createFile(join(making, FILE), headEntry(producer, 0))
    const lock = heldLock(directory, await makeLock(making))
    await syncDirectory(making)
    // Fails where there is a directory with something in it: of several who make the same slot one succeeds.
    await rename(making, directory)
    return await opened(lock, found, clock)
  } catch (error) {
    await rm(making, { recursive: true, force: true }).catch(() => {})
    if (['ENOTEMPTY', 'EEXIST'].includes(String(codeOf(error)))) return undefined
    throw error
  }
}

/**
 * Removes what nobody will miss: slots of any stream that are empty and were not used for seven days, and what a crash left half
 * made or half removed. Never rejects: it is nobody's purpose, only their chance.
 */
export async function tidy(root: string, clock: Clock): Promise<void> {
  const [slots, names] = await Promise.all([looseSlots(root).catch(() => []), namesIn(root).catch(() => [])])
  const removals = slots.map(async (slot) => {
    if (await isOlder(join(slot.directory, FILE), UNUSED_MS)) await removeEmpty(slot, clock)
  })
  const clearings = names.map(async (name) => {
    const path = join(root, name)
    const abandoned = name.startsWith(REMOVING) || (name.startsWith(MAKING) && (await isOlder(path, DAY_MS)))
    if (abandoned) await rm(path, { recursive: true, force: true })
  })
  await Promise.allSettled([...removals, ...clearings])
}

async function removeEmpty(seen: LooseSlot, clock: Clock): Promise<void> {
  const slot = await takeSlot(seen, clock)
  if (slot === undefined) return
  if (slot.batches.length > 0) return slot.release()
  // Out of sight first: nobody must find a slot of which a half is gone.
  const removing = join(dirname(seen.directory), REMOVING + nonce())
  await rename(seen.directory, removing)
  await slot.release()
  await rm(removing, { recursive: true, force: true })
}

async function opened(lock: FileLock, found: OutboxSlot['found'], clock: Clock): Promise<FileSlot> {
  const path = join(lock.directory, FILE)
  try {
    await syncDirectory(dirname(lock.directory))
    const bytes = await readFile(path)
    const content = readEntries(bytes, path)
    const file = new DurableFile(path, bytes.length, content.whole)
    return new FileSlot({ lock, file, content, found, clock })
  } catch (error) {
    await lock.free().catch(() => {})
    throw outboxFailure(error)
  }
}

async function isOlder(path: string, milliseconds: number): Promise<boolean> {
  return Date.now() - (await stat(path)).mtimeMs > milliseconds
}

async function namesIn(root: string): Promise<string[]> {
  return readdir(root).catch((error: unknown) => (codeOf(error) === 'ENOENT' ? [] : Promise.reject(error)))
}

function hashed(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}

function nonce(): string {
  return randomBytes(8).toString('hex')
}
