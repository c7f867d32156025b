import { play } from './fault.ts'
import { badPositions, refusedSends, strangeServers } from './table.ts'

play(badPositions)
play(strangeServers)
play(refusedSends)
