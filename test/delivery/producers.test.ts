import { play } from './fault.ts'
import { producers } from './table.ts'

play(producers)
