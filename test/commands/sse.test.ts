import { testCommands } from './suite.ts'

testCommands('sse')
