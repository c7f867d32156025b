import { testCommands } from './suite.ts'

testCommands('durable-websocket')
