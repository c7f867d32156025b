import { testCommands } from './suite.ts'

testCommands('long-poll')
