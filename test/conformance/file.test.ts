import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { fileStore } from '../../src/server/index.ts'
import { conformance } from './suite.ts'

const folder = mkdtempSync(join(tmpdir(), 'statewire-conformance-'))
// Behind the suite's own hooks: the server has let the file go by then.
afterAll(() => rmSync(folder, { recursive: true }))

conformance(() => fileStore({ path: join(folder, 'streams.db') }))
