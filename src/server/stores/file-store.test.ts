import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe } from 'vitest'
import { survivingCases } from './contract/ending.ts'
import type { MakeStore } from './contract/rig.ts'
import { storeContract } from './contract.ts'
import { fileStore } from './file-store.ts'

const directory = mkdtempSync(join(tmpdir(), 'statewire-'))
afterAll(() => rmSync(directory, { recursive: true }))

let files = 0
const nextPath = () => join(directory, `${++files}.db`)

/** What a crash leaves is what is in the files at that moment. */
function copyOf(path: string): string {
  const copy = nextPath()
  for (const suffix of ['', '-wal']) if (existsSync(path + suffix)) copyFileSync(path + suffix, copy + suffix)
  return copy
}

function storesWith(durability: 'full' | 'normal'): MakeStore {
  return async (options) => {
    let path = nextPath()
    let store = fileStore({ ...options, path, durability })
    return {
      store,
      async reopen(end) {
        if (end === 'killed') path = copyOf(path)
        await store.close()
        store = fileStore({ ...options, path, durability })
        return store
      },
    }
  }
}

storeContract('the file store', storesWith('full'), { survives: true, inProcess: true })

describe('the file store with normal durability', () => survivingCases(storesWith('normal')))
