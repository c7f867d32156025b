/**
 * A file that is appended to or replaced, and that is on the device before anybody is told so.
 *
 * @module
 */
import { constants } from 'node:fs'
import { type FileHandle, mkdir, open, rename, rm, utimes } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

/** Payloads are the user's: nobody else on the machine reads them. */
const PRIVATE = 0o600

/**
 * Is opened for each write. Beside the wait for the device that costs nothing; a file that was deleted meanwhile is noticed, where
 * one that is kept open would swallow everything; and an owner that is dropped without a release leaves no descriptor open.
 */
export class DurableFile {
  readonly #path: string
  #length: number
  #sound: boolean

  constructor(path: string, length: number, sound: boolean) {
    this.#path = path
    this.#length = length
    this.#sound = sound
  }

  /** In bytes. */
  get length(): number {
    return this.#length
  }

  /**
   * `false` when nobody knows what stands at the end: a crash or an error came in between. It must be replaced before more is
   * appended. After an fsync that failed that is the only way: the kernel reports the error once and then calls the pages clean.
   */
  get sound(): boolean {
    return this.#sound
  }

  /** Appends to a sound file. Rejects when it is not certain that the line is there; what was there before stays. */
  async append(line: Buffer): Promise<void> {
    this.#sound = false
    // Without O_APPEND, which ignores the place that is written to.
    await opened(this.#path, constants.O_WRONLY, async (handle) => {
      try {
        await writeAll(handle, line, this.#length)
        await handle.datasync()
      } catch (error) {
        // A refused line must not turn up after a restart, as far as that can be helped.
        await handle.truncate(this.#length).catch(() => {})
        throw error
      }
    })
    this.#length += line.length
    this.#sound = true
  }

  /** Puts another content in its place, in one step: after a crash there is either the one or the other. */
  async replace(content: Buffer): Promise<void> {
    const path = `${this.#path}.new`
    try {
      await opened(path, 'w', (handle) => writeDown(handle, content))
      await rename(path, this.#path)
    } catch (error) {
      await rm(path, { force: true }).catch(() => {})
      throw error
    }
    this.#length = content.length
    this.#sound = false
    await syncDirectory(dirname(this.#path))
    this.#sound = true
  }

  /** Says that it was used just now. */
  async touch(): Promise<void> {
    const now = new Date()
    await utimes(this.#path, now, now)
  }
}

/** Creates a file that does not exist yet. */
export async function createFile(path: string, content: Buffer): Promise<void> {
  await opened(path, 'wx', (handle) => writeDown(handle, content))
}

/** Makes a directory, and those above it that are missing. */
export async function makeDirectory(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 })
  if (first === undefined) return
  for (let made = resolve(path); made.length >= first.length; made = dirname(made)) await syncDirectory(dirname(made))
}

/** Makes sure that the names in a directory outlive a crash. Systems that cannot open a directory keep them by themselves. */
export async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return
  await opened(path, 'r', (handle) => handle.sync())
}

async function opened(path: string, flags: string | number, use: (handle: FileHandle) => Promise<void>): Promise<void> {
  const handle = await open(path, flags, PRIVATE)
  try {
    await use(handle)
  } finally {
    await handle.close()
  }
}

async function writeDown(handle: FileHandle, content: Buffer): Promise<void> {
  await writeAll(handle, content, 0)
  await handle.sync()
}

/** A device that becomes full takes a part, and says so only when it is asked to take the rest. */
async function writeAll(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    written += (await handle.write(bytes, written, bytes.length - written, position + written)).bytesWritten
  }
}
