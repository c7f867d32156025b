import { play } from './fault.ts'
import { refusalFaults } from './table.ts'
import { tallyAs } from './tally.ts'

tallyAs('refusals')
play(refusalFaults)
