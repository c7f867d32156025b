import { testEdgeCover } from './edge-cover.ts'
import { webSocketTransport } from './transports.ts'

testEdgeCover(webSocketTransport)
