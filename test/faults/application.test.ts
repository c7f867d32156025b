import { play } from './fault.ts'
import { applicationFaults } from './table.ts'
import { tallyAs } from './tally.ts'

tallyAs('application')
play(applicationFaults)
