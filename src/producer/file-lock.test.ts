import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { looseLock, makeLock, takeLock } from './file-lock.ts'
import { isAlive, ownerName, parseOwner } from './file-lock-owner.ts'
import { freshDirectory } from './file-outbox-rig.ts'

const own = parseOwner(ownerName())
if (own === undefined) throw new Error('The own name cannot be read.')

/** The name of a process that was this one's number in an earlier life. */
const DEAD = `${process.pid}.1.${own.place}.0a`

function slotOf(lock: string): string {
  const directory = freshDirectory()
  mkdirSync(directory)
  writeFileSync(join(directory, lock), '')
  return directory
}

describe('an owner', () => {
  test('is alive as long as its process is', () => {
    expect(isAlive(own)).toBe(true)
    expect(isAlive({ ...own, pid: process.ppid, start: 'unknown' })).toBe(true)
    // Beyond the largest pid that Linux gives.
    expect(isAlive({ ...own, pid: 2 ** 22 + 1 })).toBe(false)
  })

  test('is dead when the machine was started anew, or the container is another one', () => {
    expect(isAlive({ ...own, place: 'elsewhere' })).toBe(false)
  })

  test.runIf(existsSync('/proc/self/stat'))('is dead when its number belongs to a later process', () => {
    expect(isAlive({ ...own, start: '1' })).toBe(false)
  })

  test('has a name that nobody had before, and anything else is no name', () => {
    expect(ownerName()).not.toBe(ownerName())
    for (const name of ['', '1', '0.1.here.a', '-1.1.here.a', '1.1.here', 'x.1.here.a', '1.1.here.a.b'])
      expect(parseOwner(name)).toBe(undefined)
  })
})

describe('a lock', () => {
  test('is loose when it was freed, and when its owner is dead', async () => {
    expect(await looseLock(slotOf('free.0a'))).toBe('free.0a')
    expect(await looseLock(slotOf(`owner.${DEAD}`))).toBe(`owner.${DEAD}`)
    expect(await looseLock(slotOf(`owner.${ownerName()}`))).toBe(undefined)
  })

  test("that nobody can see is nobody's to take", async () => {
    expect(await looseLock(slotOf('other'))).toBe(undefined)
    expect(await looseLock(join(slotOf('other'), 'missing'))).toBe(undefined)
  })

  test('of an owner whose name cannot be read is an error, not a guess', async () => {
    await expect(looseLock(slotOf('owner.somebody'))).rejects.toMatchObject({ code: 'outbox_failed' })
  })

  test('is held from the moment it is made, and loose again once it is free', async () => {
    const directory = slotOf('other')
    const name = await makeLock(directory)
    expect(await looseLock(directory)).toBe(undefined)
    renameSync(join(directory, name), join(directory, 'free.0b'))
    const lock = await takeLock(directory, 'free.0b')
    expect(await looseLock(directory)).toBe(undefined)
    await lock?.free()
    expect(await looseLock(directory)).toMatch(/^free\./)
  })

  test.each(['free.0a', `owner.${DEAD}`])('%s goes to one of all that saw it', async (seen) => {
    for (let round = 0; round < 50; round++) {
      const directory = slotOf(seen)
      const names = await Promise.all(Array.from({ length: 20 }, () => looseLock(directory)))
      const locks = await Promise.all(names.map((name) => name && takeLock(directory, name)))
      expect(locks.filter((lock) => typeof lock === 'object')).toHaveLength(1)
      expect(readdirSync(directory)).toEqual([expect.stringMatching(/^owner\./)])
    }
  })

  test('that was taken and freed since it was seen is no longer that one', async () => {
    const directory = slotOf(`owner.${DEAD}`)
    const late = await looseLock(directory)
    const lock = await takeLock(directory, late ?? '')
    await lock?.free()
    expect(await takeLock(directory, late ?? '')).toBe(undefined)
  })

  test("of a slot that was removed since is nobody's", async () => {
    const directory = slotOf('free.0a')
    const late = await looseLock(directory)
    rmSync(directory, { recursive: true })
    expect(await takeLock(directory, late ?? '')).toBe(undefined)
  })
})
