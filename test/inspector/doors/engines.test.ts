import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createActor, createMachine } from 'xstate'
import { buildPage } from '../../../inspector/page/build.ts'
import { record } from '../../../inspector/session/recording.ts'
import { machineCoverage } from '../../../inspector/testing/machine-coverage.ts'
import { chromiumFile, firefoxFile, webKitFiles } from '../../engines/installed.ts'
import { startEngine } from '../../natives/engines.ts'
import { token, viewerServer } from '../page/viewer-server.ts'
import { tellStory } from '../panels/story.ts'

let directory: string

const app = 'chat-web'

/** What a test run has left: one of two transitions was taken. */
function counted(): string {
  const coverage = machineCoverage()
  const light = createMachine({
    id: 'light',
    initial: 'off',
    states: { off: { on: { flip: 'on' } }, on: { on: { flip: 'off' } } },
  })
  createActor(light, { inspect: coverage.inspect }).start().send({ type: 'flip' })
  return JSON.stringify(coverage.report())
}

/** The page, the driver beside it, and what is dropped on it. */
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'inspector-engines-'))
  await buildPage(directory)
  await build({
    entryPoints: [fileURLToPath(new URL('./driver.ts', import.meta.url))],
    bundle: true,
    format: 'esm',
    outfile: join(directory, 'driver.js'),
  })
  const html = readFileSync(join(directory, 'index.html'), 'utf8')
  const driven = html.replace('</head>', '<script type="module" src="driver.js"></script></head>')
  writeFileSync(join(directory, 'driven.html'), driven)
  writeFileSync(join(directory, 'recording.json'), record(tellStory().session, app))
  writeFileSync(join(directory, 'statewire-coverage.json'), counted())
}, 60_000)

const installed = { chromium: chromiumFile(), firefox: firefoxFile(), webkit: webKitFiles() } as const

describe.each(['chromium', 'firefox', 'webkit'] as const)('in %s', (name) => {
  test.skipIf(installed[name] === undefined)(
    'the page shows a cut as it happens, goes back in time and live again, and opens what is dropped',
    async () => {
      const hub = await viewerServer(directory)
      onTestFinished(() => hub.close())
      const messages = tellStory().session.told(app)
      const index = (type: string): number =>
        messages.findIndex((message) => message.kind === 'event' && message.type.startsWith(type))
      hub.greet = () => [{ app, messages: messages.slice(0, index('link.lost')) }]
      const engine = await startEngine(name)
      onTestFinished(() => engine.close())
      await engine.visit(`${hub.url}driven.html#token=${token}`)
      const told = (step: string): object | undefined => hub.asked.find((said) => Reflect.get(said, 'step') === step)
      const reported = (step: string) => expect.poll(() => told(step) ?? hub.asked.at(-1), { timeout: 30_000 })
      await reported('attached').toMatchObject({ step: 'attached', complaints: [] })
      hub.tell({ app, messages: messages.slice(index('link.lost'), index('xstate.after')) })
      await reported('back').toMatchObject({ phases: expect.arrayContaining(['degraded', 'online']), complaints: [] })
      expect(told('back')).toMatchObject({ moment: expect.stringContaining('instant') })
      await reported('opened').toMatchObject({ notice: expect.stringContaining('Opened recording.json') })
      await reported('done').toMatchObject({ share: expect.stringContaining('2 of 2 states, 1 of 2 transitions') })
      expect(told('done')).toMatchObject({
        notice: 'Opened statewire-coverage.json: coverage of one machine.',
        counts: expect.stringContaining('Never taken 1'),
        complaints: [],
      })
    },
    60_000,
  )
})
