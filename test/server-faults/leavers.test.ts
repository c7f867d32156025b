import { play } from './fault.ts'
import { leavers } from './table.ts'

play(leavers)
