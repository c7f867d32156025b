import { play } from './fault.ts'
import { kills } from './table.ts'

play(kills)
