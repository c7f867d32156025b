import { execFile, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import type { HubMessage } from '../../../inspector/protocol/messages.ts'
import { coverage } from '../../../inspector/session/coverage.ts'
import { openCoverage, reportOf } from '../../../inspector/session/coverage-file.ts'
import { isRefused } from '../../../inspector/session/recording.ts'
import { createSession } from '../../../inspector/session/session.ts'
import { addToFile } from '../../../inspector/testing/coverage-store.ts'
import { hubUnderTest, viewer } from '../hub/rig.ts'

const beside = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const program = beside('counted-process.ts')

async function directory(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'statewire-coverage-'))
  onTestFinished(() => rm(made, { recursive: true, force: true }))
  return made
}

const childOf = (file: string): Readonly<Record<string, string | undefined>> => {
  // Vitest's own would have `node --test` report to it.
  const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, STATEWIRE_INSPECT: ___, ...inherited } = process.env
  return { ...inherited, STATEWIRE_COVERAGE: file }
}

test('what processes of a run have counted stands in one file, and on a page that looks', {
  timeout: 60_000,
}, async () => {
  const hub = await hubUnderTest()
  const page = await viewer(hub)
  const session = createSession()
  coverage([{ session }], 'nothing yet')
  page.socket.on('message', (data) => session.apply(JSON.parse(String(data)) as HubMessage))
  const file = join(await directory(), 'statewire-coverage.json')
  const env = { ...process.env, STATEWIRE_INSPECT: hub.appUrl, STATEWIRE_COVERAGE: file }
  const children = [120, 60].map((count) => fork(program, [String(count)], { env }))
  const definition = (): string =>
    session.apps.flatMap(({ key }) => session.actors(key, null)).find(({ name }) => name === 'retrying')?.definition ??
    ''
  const taken = (): number | undefined =>
    coverage([{ session }], definition())?.transitions.find(({ key }) => key === 'retrying.idle go 0')?.taken
  await expect.poll(taken, { timeout: 30_000 }).toBe(180)
  const exits = children.map((child) => once(child, 'exit'))
  for (const child of children) child.send('go')
  await Promise.all(exits)
  await expect.poll(() => session.apps.filter(({ state }) => state === 'here')).toEqual([])
  expect(taken()).toBe(180)

  const report = openCoverage(await readFile(file, 'utf8'))
  if (isRefused(report)) throw new Error(report.refused)
  const [machine, ...others] = report.machines
  expect(others).toEqual([])
  expect(machine).toMatchObject({
    name: 'retrying',
    actors: 180,
    states: { 'retrying.idle': 180, 'retrying.trying': 180 },
    transitions: { 'retrying.idle go 0': 180 },
  })
  expect(await readdir(join(file, '..'))).toEqual(['statewire-coverage.json'])
})

test('a suite of node --test is counted by a set-up file alone, and the command reads it', {
  timeout: 60_000,
}, async () => {
  const cwd = await directory()
  const env = childOf(join(cwd, 'statewire-coverage.json'))
  const run = promisify(execFile)
  // In one process: that is faster, and what counts is the same.
  await run(
    process.execPath,
    ['--import', beside('node-setup.ts'), '--test', '--test-isolation=none', beside('node-suite.ts')],
    { cwd, env },
  )
  const read = run(process.execPath, [beside('../../../src/cli/main.ts'), 'coverage', '--min', '90'], { cwd, env })
  const failure: unknown = await read.catch((error: unknown) => error)
  expect(failure).toMatchObject({
    code: 7,
    stdout: expect.stringContaining('retrying: 23 %, 3 of 10 states, 2 of 11 transitions, 1 actor\n'),
    stderr: 'statewire: Fewer transitions were taken than the 90 % of --min.\n',
  })
})

test('a file that is something else is left alone, and said', async () => {
  const file = join(await directory(), 'package.json')
  await writeFile(file, '{}')
  const report = reportOf([
    { hash: 'h', name: 'm', definition: '{}', actors: 1, states: {}, transitions: {}, refused: {} },
  ])
  expect(() => addToFile(file, report)).toThrow(`${file}: This file is not a coverage report of statewire.`)
  expect(await readFile(file, 'utf8')).toBe('{}')
})
