import { memoryStore } from '../../src/server/index.ts'
import { conformance } from './suite.ts'

conformance(() => memoryStore())
