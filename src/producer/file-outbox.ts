/**
 * An outbox in files: what was accepted is sent, though the process is killed and the machine restarted. Node only.
 *
 * @module
 */
import type { Clock } from '../connection/clock.ts'
import { outboxFailure } from './file-outbox-failure.ts'
import { makeDirectory } from './file-outbox-file.ts'
import { inherit } from './file-outbox-heirs.ts'
import type { FileSlot } from './file-outbox-slot.ts'
import {
  isBuried,
  isWaiting,
  looseSlot,
  looseSlots,
  makeSlot,
  slotDirectory,
  takeSlot,
  tidy,
} from './file-outbox-slots.ts'
import { producerId } from './producer-id.ts'
import type { OutboxSlot, OutboxStorage, ProducerIdentity } from './storage.ts'

const realClock: Clock = {
  // Looking after others keeps no process alive.
  setTimeout: (act, milliseconds) => setTimeout(act, milliseconds).unref(),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
}

export interface FileOutboxOptions {
  /** For tests. Default: the real one, with timers that keep no process alive. */
  readonly clock?: Clock | undefined
}

/**
 * Keeps what waits to be sent in a directory, which is made when it is missing. `put` resolves when the batch is on the device (one
 * `fdatasync` each). Several processes may share the directory, each then has a slot of its own; what one that died leaves
 * behind goes to the next that claims, or to one that lives and sends to the same stream. Files are readable by their user only (0600).
 *
 * All of them must be on one machine and in one container at a time: only there can one see whether the other lives. After a restart of
 * either, and in a new container on the same volume, everything is taken up again.
 *
 * Rejects with `outbox_failed`: the directory cannot be written, the device is full, a file is damaged. What was there before stays.
 *
 * @example
 * const room = createActor(durableConnection, { input: { url, producer: { storage: fileOutbox('/var/lib/app/outbox') } } })
 */
export function fileOutbox(directory: string, { clock = realClock }: FileOutboxOptions = {}): OutboxStorage {
  return {
    survives: true,
    async claim(stream, wanted): Promise<OutboxSlot> {
      try {
        await makeDirectory(directory)
        const own = wanted && (await claimWanted(directory, stream, wanted, clock))
        await tidy(directory, clock)
        return own ?? (await claimLoose(directory, stream, clock)) ?? (await claimNew(directory, stream, clock))
      } catch (error) {
        throw outboxFailure(error)
      }
    },
    inherit: (stream, take) => inherit(directory, stream, take, clock),
  }
}

async function claimWanted(
  root: string,
  stream: string,
  { id, epoch }: ProducerIdentity,
  clock: Clock,
): Promise<FileSlot | undefined> {
  const directory = slotDirectory(root, stream, id)
  const seen = await looseSlot(directory)
  if (seen !== undefined) return takeSlot(seen, clock)
  // Another epoch of a producer whose time is over would drive out the one that came after it.
  if (await isBuried(directory)) return undefined
  // Made where there is none; where there is one, somebody holds it.
  return makeSlot(directory, { id, epoch: epoch + 1 }, 'lost', clock)
}

/** One in which something waits; else any. */
async function claimLoose(root: string, stream: string, clock: Clock): Promise<FileSlot | undefined> {
  for (const seen of await looseSlots(root, stream)) {
    // What cannot be read is taken, too: if it is damaged, that must be said.
    if ((await isWaiting(seen)) === false) continue
    const slot = await takeSlot(seen, clock)
    if (slot !== undefined && slot.batches.length > 0) return slot
    await slot?.release()
  }
  for (const seen of await looseSlots(root, stream)) {
    const slot = await takeSlot(seen, clock)
    if (slot !== undefined) return slot
  }
  return undefined
}

async function claimNew(root: string, stream: string, clock: Clock): Promise<FileSlot> {
  const id = producerId()
  const slot = await makeSlot(slotDirectory(root, stream, id), { id, epoch: 0 }, 'new', clock)
  if (slot === undefined) throw new Error('A new producer has a slot already.')
  return slot
}
