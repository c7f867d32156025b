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

const program = fileURLToPath(new URL('./counted-process.ts', import.meta.url))

async function directory(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'statewire-coverage-'))
  onTestFinished(() => rm(made, { recursive: true, force: true }))
  return made
}

function run(file: string, count: number): Promise<{ readonly stderr: string }> {
  const { STATEWIRE_INSPECT: _, ...inherited } = process.env
  const env = { ...inherited, STATEWIRE_COVERAGE: file }
  return promisify(execFile)(process.execPath, [program, String(count)], { env })
}

test('what many processes of a run have counted stands in one file', { timeout: 60_000 }, async () => {
  const file = join(await directory(), 'statewire-coverage.json')
  await Promise.all([run(file, 120), run(file, 60)])
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

test('a file that is something else is left alone, and said', async () => {
  const file = join(await directory(), 'package.json')
  await writeFile(file, '{}')
  const report = reportOf([
    { hash: 'h', name: 'm', definition: '{}', actors: 1, states: {}, transitions: {}, refused: {} },
  ])
  expect(() => addToFile(file, report)).toThrow(`${file}: This file is not a coverage report of statewire.`)
  expect(await readFile(file, 'utf8')).toBe('{}')
})

test('a page that looks counts the actors of test processes that come and go', { timeout: 60_000 }, async () => {
  const hub = await hubUnderTest()
  const page = await viewer(hub)
  const session = createSession()
  coverage([{ session }], 'nothing yet')
  page.socket.on('message', (data) => session.apply(JSON.parse(String(data)) as HubMessage))
  const file = join(await directory(), 'coverage.json')
  const env = { ...process.env, STATEWIRE_INSPECT: hub.appUrl, STATEWIRE_COVERAGE: file }
  const children = [1, 2].map(() => fork(program, ['60', 'stay'], { env }))
  const definition = (): string =>
    session.apps.flatMap(({ key }) => session.actors(key, null)).find(({ name }) => name === 'retrying')?.definition ??
    ''
  const taken = (): number | undefined =>
    coverage([{ session }], definition())?.transitions.find(({ key }) => key === 'retrying.idle go 0')?.taken
  await expect.poll(taken, { timeout: 30_000 }).toBe(120)
  for (const child of children) child.send('go')
  await Promise.all(children.map((child) => once(child, 'exit')))
  await expect.poll(() => session.apps.filter(({ state }) => state === 'here')).toEqual([])
  expect(taken()).toBe(120)
})
