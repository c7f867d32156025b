import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createActor, createMachine } from 'xstate'
import { machineCoverage } from '../../inspector/testing/machine-coverage.ts'
import { failingStdout, finished } from '../../test/cli/finished.ts'

const door = createMachine({
  id: 'door',
  initial: 'shut',
  states: { shut: { on: { open: 'open' } }, open: { on: { shut: 'shut', lock: 'locked' } }, locked: {} },
})

function counted(...events: readonly string[]): string {
  const coverage = machineCoverage()
  const actor = createActor(door, { inspect: coverage.inspect }).start()
  for (const type of events) actor.send({ type })
  return JSON.stringify(coverage.report())
}

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'statewire-coverage-'))
  onTestFinished(() => rm(made, { recursive: true }))
  return made
}

async function fileOf(...events: readonly string[]): Promise<string> {
  const file = join(await folder(), 'statewire-coverage.json')
  await writeFile(file, counted(...events))
  return file
}

const ran = (args: readonly string[], stdout?: Writable) => finished(['coverage', ...args], { stdout })

describe('statewire coverage', () => {
  test('says what was seen, and what never was', async () => {
    expect(await ran([await fileOf('open')])).toEqual({
      code: 0,
      text: [
        'door: 50 %, 2 of 3 states, 1 of 3 transitions, 1 actor',
        '  never entered',
        '    door.locked',
        '  never taken',
        '    open · on shut → shut',
        '    open · on lock → locked',
        'all: 33 % of transitions, 1 of 3',
        '',
      ].join('\n'),
      said: '',
    })
  })

  test('adds several files up', async () => {
    const { code, text } = await ran([await fileOf('open', 'shut'), await fileOf('open', 'lock')])
    expect([code, text]).toEqual([
      0,
      'door: 100 %, 3 of 3 states, 3 of 3 transitions, 2 actors\nall: 100 % of transitions, 3 of 3\n',
    ])
  })

  test.each([
    ['33.3', 0],
    ['33.34', 7],
    ['100', 7],
    ['0', 0],
  ])('with a minimum of %s % of a third it ends with code %i', async (min, code) => {
    const result = await ran([await fileOf('open'), '--min', min])
    expect(result.code).toBe(code)
    expect(result.said).toBe(code === 0 ? '' : `statewire: Fewer transitions were taken than the ${min} % of --min.\n`)
  })

  test('where nothing was seen no minimum is met', async () => {
    const file = join(await folder(), 'nothing.json')
    await writeFile(file, JSON.stringify(machineCoverage().report()))
    expect(await ran([file, '--min=1'])).toMatchObject({ code: 7, text: 'No machine was seen.\n' })
  })

  test('writes a badge with words of ours', async () => {
    const badge = join(await folder(), 'coverage.svg')
    expect(await ran([await fileOf('open'), '--badge', badge, '--label', 'reactions'])).toMatchObject({ code: 0 })
    expect(await readFile(badge, 'utf8')).toContain('<title>reactions: 33%, 1 of 3</title>')
  })

  test('says when the badge cannot be written, and lists what there is all the same', async () => {
    const { code, said, text } = await ran([await fileOf('open'), '--badge', join(await folder(), 'no', 'b.svg')])
    expect([code, said]).toEqual([1, 'statewire: The file of --badge cannot be written (ENOENT).\n'])
    expect(text).toContain('never taken')
  })

  test.each([
    ['EPIPE', 7],
    ['ECONNRESET', 7],
    ['ENOSPC', 1],
  ])('on stdout that fails with %s it ends with code %i', async (failure, code) => {
    expect(await ran([await fileOf('open'), '--min', '90'], failingStdout(failure))).toMatchObject({ code })
  })

  test('names a file that is not there or is something else', async () => {
    const missing = join(await folder(), 'not\u001b[2Jthere.json')
    const other = join(await folder(), 'package.json')
    await writeFile(other, '{}')
    const [one, two] = [await ran([missing]), await ran([other])]
    expect([one.code, two.code]).toEqual([2, 2])
    expect(one.said).toMatch(/there\.json: This file is not there; coverMachines\(\) in your tests writes it\.\n/)
    expect(one.said).not.toContain('\u001b')
    expect(two.said).toContain(`${other}: This file is not a coverage report of statewire.\n`)
  })

  test.each([
    [['--min', 'most'], /--min is a percentage, from 0 to 100/],
    [['--min=101'], /--min is a percentage/],
    [['--min=-1'], /--min is a percentage/],
    [['--label', 'hunter2'], /--label needs --badge/],
    [['--badge='], /--badge needs a path/],
    [[''], /needs a path/],
    [['--svg'], /Unknown option --svg/],
  ])('refuses %j', async (args, sentence) => {
    const { code, said, text } = await ran(args)
    expect([code, text]).toEqual([2, ''])
    expect(said).toMatch(sentence)
    expect(said).not.toContain('hunter2')
  })

  test('explains itself in lines that fit', async () => {
    const { code, text } = await ran(['--help'])
    expect(code).toBe(0)
    for (const word of ['--badge', '--label', '--min', '  7  ']) expect(text).toContain(word)
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100)
  })
})
