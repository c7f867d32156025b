import { play } from './fault.ts'
import { processes } from './table.ts'

play(processes, { concurrent: true })
