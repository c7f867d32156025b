import { play } from './fault.ts'
import { versions } from './table.ts'

play(versions)
