import { testEdgeCover } from './edge-cover.ts'
import { longPollTransport } from './transports.ts'

testEdgeCover(longPollTransport)
