import { play } from './fault.ts'
import { badAnswers } from './table.ts'

play(badAnswers)
