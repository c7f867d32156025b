import { play } from './fault.ts'
import { appends } from './table.ts'

play(appends)
