import { play } from './fault.ts'
import { clocks } from './table.ts'

play(clocks)
