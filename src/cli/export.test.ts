import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { failingStdout, finished } from '../../test/cli/finished.ts'
import { chartNames } from './export-options.ts'

const printed = (...args: readonly string[]) => finished(['export', ...args])

describe('statewire export', () => {
  test.each(chartNames)('draws %s as a picture and as a diagram', async (chart) => {
    const picture = await printed(chart, '--svg')
    expect(picture).toMatchObject({ code: 0, said: '' })
    expect(picture.text).toContain(`<title>Chart of ${chart}</title>`)
    expect(picture.text).toContain('@media (prefers-color-scheme:dark)')
    const diagram = await printed(chart, '--mermaid')
    expect(diagram).toMatchObject({ code: 0, said: '' })
    expect(diagram.text).toMatch(new RegExp(`^stateDiagram-v2\\n  direction TB\\n  state "${chart}" as`))
  })

  test('takes a theme, and draws less when asked to', async () => {
    const full = await printed('connection', '--svg', '--theme', 'dark')
    const compact = await printed('--compact', '--svg', '--theme=dark', 'connection')
    expect(full.text).not.toContain('@media')
    expect(compact.text).toContain('#12151b')
    expect(compact.text.length).toBeLessThan(full.text.length / 2)
  })

  test('writes into a file, and then nothing to stdout', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'statewire-export-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const file = join(folder, 'breaker.svg')
    expect(await printed('breaker', '--svg', '--out', file)).toEqual({ code: 0, text: '', said: '' })
    expect(await readFile(file, 'utf8')).toBe((await printed('breaker', '--svg')).text)
  })

  test('says when the file cannot be written', async () => {
    const { code, said } = await printed('breaker', '--svg', '-o', join(tmpdir(), 'nobody', 'made', 'this.svg'))
    expect([code, said]).toEqual([1, 'statewire: The file of --out cannot be written (ENOENT).\n'])
  })

  test.each([
    ['EPIPE', 0],
    ['ECONNRESET', 0],
    ['ENOSPC', 1],
  ])('ends on stdout that fails with %s with code %i', async (failure, code) => {
    const stdout = failingStdout(failure)
    expect(await finished(['export', 'breaker', '--svg'], { stdout })).toMatchObject({ code })
  })

  test.each([
    [[], /takes one chart: connection, manager, breaker, environment/],
    [['lamp', '--svg'], /takes one chart/],
    [['breaker', 'manager', '--svg'], /takes one chart/],
    [['breaker'], /one of --svg and --mermaid/],
    [['breaker', '--svg', '--mermaid'], /one of --svg and --mermaid/],
    [['breaker', '--svg', '--theme', 'hunter2'], /--theme is one of light, dark, auto/],
    [['breaker', '--mermaid', '--theme', 'dark'], /--theme and --compact need --svg/],
    [['breaker', '--mermaid', '--compact'], /--theme and --compact need --svg/],
    [['breaker', '--svg', '--out='], /--out needs a path/],
    [['breaker', '--png'], /Unknown option --png/],
  ])('refuses %j', async (argv, sentence) => {
    const { code, text, said } = await printed(...argv)
    expect([code, text]).toEqual([2, ''])
    expect(said).toMatch(sentence)
    expect(said).not.toContain('hunter2')
  })

  test('explains itself in lines that fit', async () => {
    const { code, text } = await printed('--help')
    expect(code).toBe(0)
    for (const word of ['--svg', '--mermaid', '--theme', '--compact', '--out', ...chartNames])
      expect(text).toContain(word)
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100)
  })
})
