import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { fileOutbox } from './file-outbox.ts'
import type { OutboxSlot } from './storage.ts'

const device = mkdtempSync(join(tmpdir(), 'statewire-outbox-device-'))
const mounted = mountTiny()
afterAll(() => {
  if (mounted) execFileSync('umount', [device])
  rmSync(device, { recursive: true })
})

/** A device of 2 MiB, where mounting is permitted. */
function mountTiny(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'none', device], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const TEXT = 'x'.repeat(100_000)

/** Puts until the device takes no more; the first number that was refused. */
async function fill(slot: OutboxSlot): Promise<number> {
  for (let sequence = slot.next; sequence < 100; sequence++) {
    try {
      await slot.put({ sequence, records: [TEXT] })
    } catch (error) {
      expect(error).toMatchObject({
        name: 'TransportError',
        code: 'outbox_failed',
        message: 'The device of the outbox takes no more data.',
        cause: { code: 'ENOSPC' },
      })
      return sequence
    }
  }
  throw new Error('The device never became full.')
}

describe.runIf(mounted)('a full device', () => {
  test('refuses a put and keeps what it took; when there is space, the same number is taken', async () => {
    const ballast = join(device, 'ballast')
    writeFileSync(ballast, Buffer.alloc(1024 * 1024))
    const directory = join(device, 'full')
    const slot = await fileOutbox(directory).claim('stream')
    const refused = await fill(slot)
    expect(refused).toBeGreaterThan(3)
    await expect(slot.put({ sequence: refused, records: [TEXT] })).rejects.toMatchObject({ code: 'outbox_failed' })
    await expect(slot.renumber(1, [{ sequence: 0, records: [TEXT] }])).rejects.toMatchObject({ code: 'outbox_failed' })

    rmSync(ballast)
    await slot.put({ sequence: refused, records: [TEXT] })
    await slot.release()
    const next = await fileOutbox(directory).claim('stream')
    expect(next).toMatchObject({ next: refused + 1, producer: { epoch: 0 } })
    expect(next.batches.map(({ sequence }) => sequence)).toEqual(Array.from({ length: refused + 1 }, (_, n) => n))
    rmSync(directory, { recursive: true })
  })

  test('keeps nothing of what it refused', async () => {
    const directory = join(device, 'refused')
    const slot = await fileOutbox(directory).claim('stream')
    const refused = await fill(slot)
    await slot.release()
    const next = await fileOutbox(directory).claim('stream')
    expect(next).toMatchObject({ next: refused })
    expect(next.batches).toHaveLength(refused)
    rmSync(directory, { recursive: true })
  })
})

describe.runIf(mounted)('a device that became read-only', () => {
  test('refuses claims and puts, and has everything when it can be written again', async () => {
    const directory = join(device, 'read-only')
    const slot = await fileOutbox(directory).claim('stream')
    await slot.put({ sequence: 0, records: ['record'] })
    const refusal = { name: 'TransportError', code: 'outbox_failed', cause: { code: 'EROFS' } }
    execFileSync('mount', ['-o', 'remount,ro', device])
    await expect(slot.put({ sequence: 1, records: ['more'] })).rejects.toMatchObject(refusal)
    await expect(fileOutbox(directory).claim('stream')).rejects.toMatchObject(refusal)
    execFileSync('mount', ['-o', 'remount,rw', device])
    await slot.put({ sequence: 1, records: ['more'] })
    await slot.release()
    expect((await fileOutbox(directory).claim('stream')).batches).toHaveLength(2)
    rmSync(directory, { recursive: true })
  })
})
