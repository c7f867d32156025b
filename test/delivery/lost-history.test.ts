import { play } from './fault.ts'
import { lostHistory, refused } from './table.ts'

play(refused)
play(lostHistory)
