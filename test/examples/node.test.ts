import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const runner = fileURLToPath(new URL('../../docs/examples/run.ts', import.meta.url))
const run = (...words: string[]) => promisify(execFile)(process.execPath, [runner, ...words], { timeout: 45_000 })

test('the Node example reads on after its server was restarted in the middle, loses nothing, and ends by itself', async () => {
  const { stdout } = await run('node')
  expect(stdout).toContain('> Will you be there the whole time?')
  const [before = '', after = ''] = stdout.split('[the server stops]')
  expect(before).toMatch(/\[connected over [\w:.]+\]/)
  expect(after).toMatch(/\[the line is lost, next try in \d+ ms\]/)
  expect(after).toContain('[the server is back]')
  expect(after).toMatch(/\[connected over [\w:.]+\]/)
  expect(after).toContain('> What did I miss?')
  expect(stdout.trimEnd()).toMatch(/4 messages in \d+ pieces: lost 0, repeated 0\.$/)
}, 60_000)
