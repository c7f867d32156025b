import { play } from './fault.ts'
import { slowReaders } from './table.ts'

play(slowReaders)
