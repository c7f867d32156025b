/**
 * The suite every transport passes, in Node and in every browser, against the rig.
 *
 * @module
 */
import { describe } from 'vitest'
import { cutting } from './cases/cutting.ts'
import { ending } from './cases/ending.ts'
import { flowing } from './cases/flowing.ts'
import { plainFace } from './cases/plain-face.ts'
import { receiving } from './cases/receiving.ts'
import { refusing } from './cases/refusing.ts'
import { sending } from './cases/sending.ts'
import { rows, type TransportRow } from './rows.ts'

function transportSuite(row: TransportRow): void {
  describe(row.name, () => {
    receiving(row)
    cutting(row)
    sending(row)
    flowing(row)
    refusing(row)
    ending(row)
    plainFace(row)
  })
}

for (const row of rows) transportSuite(row)
