import { testEdgeCover } from './edge-cover.ts'
import { sseTransport } from './transports.ts'

testEdgeCover(sseTransport)
