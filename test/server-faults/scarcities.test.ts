import { play } from './fault.ts'
import { scarcities } from './table.ts'

play(scarcities)
