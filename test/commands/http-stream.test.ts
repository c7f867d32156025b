import { testCommands } from './suite.ts'

testCommands('http-stream')
