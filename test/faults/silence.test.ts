import { play } from './fault.ts'
import { silences } from './table.ts'
import { tallyAs } from './tally.ts'

tallyAs('silence')
play(silences, { concurrent: true })
