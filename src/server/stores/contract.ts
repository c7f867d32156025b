/**
 * The contract of a store. A store is done when it passes: about 150 cases that look at nothing but its interface.
 *
 * @module
 */

import { describe } from 'vitest'
import { appendingCases } from './contract/appending.ts'
import { creatingCases } from './contract/creating.ts'
import { endingCases, survivingCases } from './contract/ending.ts'
import { expiringCases } from './contract/expiring.ts'
import { forgettingCases } from './contract/forgetting.ts'
import { limitingCases } from './contract/limiting.ts'
import { readingCases } from './contract/reading.ts'
import { repeatingCases } from './contract/repeating.ts'
import type { MakeStore } from './contract/rig.ts'
import { tellingCases } from './contract/telling.ts'

/** What not every store has. */
export interface StoreTraits {
  /** Its streams are there when it is opened again: `MadeStore.reopen` is given. */
  readonly survives: boolean
  /** It is in this process: hints come once, in order, and before the answer. Elsewhere they may be lost. */
  readonly inProcess: boolean
}

/** Registers the cases for a store. Call it at the top of a test file. */
export function storeContract(name: string, make: MakeStore, traits: StoreTraits): void {
  describe(name, () => {
    creatingCases(make)
    appendingCases(make)
    repeatingCases(make)
    readingCases(make)
    forgettingCases(make)
    expiringCases(make)
    limitingCases(make)
    endingCases(make)
    if (traits.survives) survivingCases(make)
    if (traits.inProcess) tellingCases(make)
  })
}
