import { play } from './fault.ts'
import { http2Faults } from './table.ts'

play(http2Faults)
