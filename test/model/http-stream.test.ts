import { testEdgeCover } from './edge-cover.ts'
import { httpStreamTransport } from './transports.ts'

testEdgeCover(httpStreamTransport)
