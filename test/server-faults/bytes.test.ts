import { play } from './fault.ts'
import { bytes } from './table.ts'

play(bytes)
