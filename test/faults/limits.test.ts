import { play } from './fault.ts'
import { limitFaults } from './table.ts'
import { tallyAs } from './tally.ts'

tallyAs('limits')
play(limitFaults)
