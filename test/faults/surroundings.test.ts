import { play } from './fault.ts'
import { surroundingFaults, wallClockFaults } from './table.ts'
import { tallyAs } from './tally.ts'

tallyAs('surroundings')
play(wallClockFaults)
play(surroundingFaults, { concurrent: true })
