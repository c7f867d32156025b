import { play } from './fault.ts'
import { replacements } from './table.ts'

play(replacements)
