import { play } from './fault.ts'
import { lostHistory } from './table.ts'

play(lostHistory)
