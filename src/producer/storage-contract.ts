/**
 * The contract of an outbox's storage that outlives its page or process. A storage is done when it passes: the cases look at
 * nothing but its interface.
 *
 * @module
 */
import { describe } from 'vitest'
import { claimingCases } from './storage-contract/claiming.ts'
import { inheritingCases } from './storage-contract/inheriting.ts'
import { keepingCases } from './storage-contract/keeping.ts'
import type { MakePlace } from './storage-contract/rig.ts'

export type { MakePlace } from './storage-contract/rig.ts'

/** Registers the cases for a storage. Call it at the top of a test file. */
export function storageContract(name: string, make: MakePlace): void {
  describe(name, () => {
    claimingCases(make)
    keepingCases(make)
    inheritingCases(make)
  })
}
