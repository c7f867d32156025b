import { testCommands } from './suite.ts'

testCommands('websocket')
