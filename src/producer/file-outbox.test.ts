import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { simulatedClock } from '../testing/clock.ts'
import { fileOutbox } from './file-outbox.ts'
import { afterCrash, filesIn, freshDirectory, slotsIn } from './file-outbox-rig.ts'
import { storageContract } from './storage-contract.ts'

const STREAM = 'https://example.com/v1/stream/rooms/42?token=secret'
const DAMAGED = { name: 'TransportError', code: 'outbox_failed' }

storageContract('files', () => {
  const directory = freshDirectory()
  const clock = simulatedClock()
  return { open: () => fileOutbox(directory, { clock }), look: () => clock.advance(3_000) }
})

const batch = (sequence: number, text = `record ${sequence}`) => ({ sequence, records: [text] })

/** An outbox with two batches in it, and its only file. */
async function filled() {
  const directory = freshDirectory()
  const slot = await fileOutbox(directory).claim(STREAM)
  await slot.put(batch(0))
  await slot.put(batch(1))
  const [file = ''] = filesIn(directory)
  return { directory, slot, file }
}

describe('after a crash', () => {
  test('everything is there that was put, under the same producer', async () => {
    const { directory, slot } = await filled()
    const next = await fileOutbox(afterCrash(directory)).claim(STREAM)
    expect(next).toMatchObject({ found: 'kept', next: 2, producer: slot.producer, batches: [batch(0), batch(1)] })
  })

  test('a half of what was just put is cut off, and the number is given again', async () => {
    const { directory, slot } = await filled()
    const crashed = afterCrash(directory)
    const [file = ''] = filesIn(crashed)
    appendFileSync(file, '0badcafe {"put":2,"ackno')
    const second = await fileOutbox(crashed).claim(STREAM)
    expect(second).toMatchObject({ next: 2, batches: [batch(0), batch(1)] })
    await second.put(batch(2))
    const third = await fileOutbox(afterCrash(crashed)).claim(STREAM, slot.producer)
    expect(third).toMatchObject({ next: 3, batches: [batch(0), batch(1), batch(2)] })
  })

  test('what was acknowledged before the last put is gone', async () => {
    const { directory, slot } = await filled()
    await slot.acknowledge(0)
    await slot.put(batch(2))
    const next = await fileOutbox(afterCrash(directory)).claim(STREAM)
    expect(next).toMatchObject({ next: 3, batches: [batch(1), batch(2)] })
  })

  test('what was acknowledged long before is gone, though nothing was put since', async () => {
    const directory = freshDirectory()
    const clock = simulatedClock()
    const slot = await fileOutbox(directory, { clock }).claim(STREAM)
    await slot.put(batch(0))
    await slot.acknowledge(0)
    expect(readFileSync(filesIn(directory)[0] ?? '', 'utf8')).not.toContain('{"acknowledged":0}')
    await clock.advance(100)
    // Waits for its turn behind what the clock has begun.
    await slot.acknowledge(0)
    expect(await fileOutbox(afterCrash(directory)).claim(STREAM)).toMatchObject({ next: 1, batches: [] })
  })

  test('in the middle of a new file the old one counts', async () => {
    const { directory } = await filled()
    const crashed = afterCrash(directory)
    writeFileSync(join(slotsIn(crashed)[0] ?? '', 'outbox.log.new'), 'half of')
    const slot = await fileOutbox(crashed).claim(STREAM)
    expect(slot.batches).toEqual([batch(0), batch(1)])
    await slot.renumber(1, [batch(0, 'both')])
    const next = await fileOutbox(afterCrash(crashed)).claim(STREAM)
    expect(next).toMatchObject({ next: 1, producer: { epoch: 1 }, batches: [batch(0, 'both')] })
  })
})

describe('a damaged file', () => {
  test('is said at each claim, and stays as it is until somebody moves it away', async () => {
    const { directory, slot, file } = await filled()
    await slot.release()
    const text = readFileSync(file, 'utf8').replace('record 0', 'rekord 0')
    writeFileSync(file, text)
    const storage = fileOutbox(directory)
    for (const wanted of [undefined, slot.producer, undefined])
      await expect(storage.claim(STREAM, wanted)).rejects.toMatchObject(DAMAGED)
    expect(readFileSync(file, 'utf8')).toBe(text)
    expect(await storage.claim(`${STREAM}/other`)).toMatchObject({ found: 'new' })
    renameSync(join(file, '..'), join(directory, 'damaged'))
    expect(await storage.claim(STREAM, slot.producer)).toMatchObject({ found: 'lost', producer: { epoch: 1 } })
  })

  test('that is not there is damage, too', async () => {
    const { directory, slot, file } = await filled()
    await slot.release()
    rmSync(file)
    await expect(fileOutbox(directory).claim(STREAM)).rejects.toMatchObject({ ...DAMAGED, cause: { code: 'ENOENT' } })
  })
})

describe('the files', () => {
  test('can be read by their user only, and have nothing of the address in their names', async () => {
    const { file, slot } = await filled()
    expect(statSync(file).mode & 0o777).toBe(0o600)
    await slot.renumber(1, [])
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(statSync(join(file, '../..')).mode & 0o777).toBe(0o700)
    expect(file).toMatch(/outbox\/[0-9a-f]{32}\.[0-9a-f]{32}\/outbox\.log$/)
  })

  test('do not grow with what was sent, only with what waits', async () => {
    const { file, slot } = await filled()
    const text = 'x'.repeat(20_000)
    let largest = 0
    for (let sequence = 2; sequence < 150; sequence++) {
      await slot.put(batch(sequence, text))
      if (sequence >= 4) await slot.acknowledge(sequence - 3)
      largest = Math.max(largest, statSync(file).size)
    }
    expect(largest).toBeGreaterThan(256 * 1024)
    expect(largest).toBeLessThan(320 * 1024)
    await slot.release()
    const next = await fileOutbox(join(file, '../..')).claim(STREAM)
    expect(next.batches.map(({ sequence }) => sequence)).toEqual([147, 148, 149])
    expect(next.next).toBe(150)
  })

  test('take what is put at the same time in the order of the calls', async () => {
    const { directory, slot } = await filled()
    await Promise.all([slot.put(batch(2)), slot.acknowledge(1), slot.put(batch(3)), slot.release()])
    expect(await fileOutbox(directory).claim(STREAM)).toMatchObject({ next: 4, batches: [batch(2), batch(3)] })
  })
})

describe('a put', () => {
  test('of another number than the next is refused', async () => {
    const { slot } = await filled()
    await expect(slot.put(batch(1))).rejects.toMatchObject(DAMAGED)
    await expect(slot.put(batch(3))).rejects.toMatchObject(DAMAGED)
    await slot.put(batch(2))
  })

  test('after the release is refused', async () => {
    const { slot } = await filled()
    await slot.release()
    await expect(slot.put(batch(2))).rejects.toMatchObject(DAMAGED)
    await expect(slot.renumber(1, [])).rejects.toMatchObject(DAMAGED)
    await slot.acknowledge(1)
  })

  test('into a directory that was deleted is refused', async () => {
    const { directory, slot } = await filled()
    rmSync(directory, { recursive: true })
    await expect(slot.put(batch(2))).rejects.toMatchObject({ ...DAMAGED, cause: { code: 'ENOENT' } })
    await slot.release()
  })
})

describe('a claim', () => {
  const WEEK_AND_A_DAY = 8 * 86_400
  const age = (path: string, seconds: number) => {
    const then = Date.now() / 1000 - seconds
    utimesSync(path, then, then)
  }

  test('removes slots that are empty and were not used for seven days, of any stream', async () => {
    const directory = freshDirectory()
    const storage = fileOutbox(directory)
    const named = ['empty and old', 'full and old', 'empty', 'held and old'] as const
    const ids: string[] = []
    for (const name of named) {
      const known = ids.length === 0 ? [] : filesIn(directory)
      const slot = await storage.claim(name)
      ids.push(slot.producer.id)
      if (name.startsWith('full')) await slot.put(batch(0))
      if (!name.startsWith('held')) await slot.release()
      const file = filesIn(directory).find((each) => !known.includes(each)) ?? ''
      if (name.endsWith('old')) age(file, WEEK_AND_A_DAY)
    }
    await storage.claim('another stream')
    expect(slotsIn(directory)).toHaveLength(4)
    const producers = ids.map((id) => ({ id, epoch: 0 }))
    expect(await storage.claim(named[0], producers[0])).toMatchObject({ found: 'lost' })
    expect(await storage.claim(named[1], producers[1])).toMatchObject({ found: 'kept', batches: [batch(0)] })
    expect(await storage.claim(named[2], producers[2])).toMatchObject({ found: 'kept' })
    expect(await storage.claim(named[3], producers[3])).toMatchObject({ found: 'new' })
  })

  test('keeps an old and empty slot that is wanted', async () => {
    const { directory, slot, file } = await filled()
    await slot.acknowledge(1)
    await slot.release()
    age(file, WEEK_AND_A_DAY)
    expect(await fileOutbox(directory).claim(STREAM, slot.producer)).toMatchObject({ found: 'kept', next: 2 })
  })

  test('clears away what a crash has left half made or half removed', async () => {
    const { directory } = await filled()
    const half = ['making.1', 'making.2', 'removing.1'].map((name) => join(directory, name))
    for (const path of half) mkdirSync(path)
    age(half[0] ?? '', 2 * 86_400)
    await fileOutbox(directory).claim(STREAM)
    expect(half.map((path) => statSync(path, { throwIfNoEntry: false }) !== undefined)).toEqual([false, true, false])
  })

  test('in a place that is no directory is refused', async () => {
    const { file } = await filled()
    await expect(fileOutbox(file).claim(STREAM)).rejects.toMatchObject({
      ...DAMAGED,
      message: 'The outbox could not be read or written.',
      cause: { code: 'EEXIST' },
    })
    await expect(fileOutbox(join(file, 'below')).claim(STREAM)).rejects.toMatchObject(DAMAGED)
  })
})
