import { play } from './fault.ts'
import { cuts } from './table.ts'
import { tallyAs } from './tally.ts'

tallyAs('cuts')
play(cuts)
