import { play } from './fault.ts'
import { resets } from './table.ts'
import { tallyAs } from './tally.ts'

tallyAs('resets')
play(resets)
