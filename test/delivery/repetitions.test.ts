import { play } from './fault.ts'
import { repetitions, storeHints } from './table.ts'

play(repetitions)
play(storeHints)
