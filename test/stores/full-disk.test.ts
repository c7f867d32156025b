import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { fileStore } from '../../src/server/stores/file-store.ts'
import type { AppendOutcome, AppendRequest, StreamStore } from '../../src/server/stores/store.ts'

const directory = mkdtempSync(join(tmpdir(), 'statewire-full-'))
const mounted = mountTiny()
afterAll(() => {
  if (mounted) execFileSync('umount', [directory])
  rmSync(directory, { recursive: true })
})

/** A device of 4 MiB, where mounting is permitted. */
function mountTiny(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'none', directory], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const CONFIG = { contentType: 'text/plain', ttlMs: null, expiresAt: null, owner: null }

function appending(body: string, seq: number): AppendRequest {
  return {
    records: [body],
    essence: null,
    producer: { id: 'p', epoch: 0, seq },
    principal: null,
    streamSeq: null,
    idempotencyKey: null,
    fingerprint: null,
    close: false,
  }
}

/** Appends until the device takes no more, and says how many it took. */
async function fill(store: StreamStore, path: string, body: string): Promise<number> {
  for (let seq = 0; seq < 1_000; seq++) {
    try {
      expect(await store.append(path, appending(body, seq))).toMatchObject({ kind: 'appended' })
    } catch (error) {
      expect(error).toMatchObject({ name: 'StoreError', code: 'full', message: 'The device takes no more data.' })
      return seq
    }
  }
  throw new Error('The device never became full.')
}

describe.runIf(mounted)('a full device', () => {
  test('refuses appends and loses none that it took; reads go on, and so do appends when there is space', async () => {
    const ballast = join(directory, 'ballast')
    writeFileSync(ballast, Buffer.alloc(2 * 1024 * 1024))
    const path = join(directory, 'streams.db')
    const store = fileStore({ path })
    await store.create('a', { config: CONFIG, records: [], closed: false, quota: { streams: 9, ofOwner: 9 } })
    const body = 'x'.repeat(100_000)
    const taken = await fill(store, 'a', body)
    expect(taken).toBeGreaterThan(3)
    expect(await store.ready()).toMatchObject({ state: 'degraded' })
    const full = await store.read('a', 0, { records: Infinity, bytes: Infinity })
    expect(full).toMatchObject({ head: { tail: taken }, records: { length: taken } })

    rmSync(ballast)
    await store.sweep()
    expect(await store.ready()).toMatchObject({ state: 'usable' })
    for (const [seq, kind] of [
      [taken - 1, 'duplicate'],
      [taken, 'appended'],
    ] as const)
      expect(await store.append('a', appending(body, seq))).toMatchObject({ kind, head: { tail: seq + 1 } })
    await store.close()

    const again = fileStore({ path })
    const kept = await again.read('a', 0, { records: Infinity, bytes: Infinity })
    expect(kept?.records.map(({ seq }) => seq)).toEqual(Array.from({ length: taken + 1 }, (_, n) => n + 1))
    await again.close()
    rmSync(path)
  })

  test('refuses what is too large for it, and takes what came in the same turn', async () => {
    const path = join(directory, 'neighbours.db')
    const store = fileStore({ path })
    for (const name of ['a', 'b'])
      await store.create(name, { config: CONFIG, records: [], closed: false, quota: { streams: 9, ofOwner: 9 } })
    const small = Array.from({ length: 30 }, (_, seq) => store.append('a', appending('small', seq)))
    const huge = store.append('b', appending('x'.repeat(5 * 1024 * 1024), 0))
    const more = Array.from({ length: 30 }, (_, seq) => store.append('a', appending('small', 30 + seq)))
    await expect(huge).rejects.toMatchObject({ name: 'StoreError', code: 'full' })
    const outcomes: AppendOutcome[] = await Promise.all([...small, ...more])
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['appended']))
    expect([(await store.head('a'))?.tail, (await store.head('b'))?.tail]).toEqual([60, 0])
    await store.close()
    rmSync(path)
  })
})
