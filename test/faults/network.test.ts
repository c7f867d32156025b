import { play } from './fault.ts'
import { networkFaults } from './table.ts'
import { tallyAs } from './tally.ts'

tallyAs('network')
play(networkFaults)
