import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createActor, createMachine } from 'xstate'
import { phaseAmong } from '../../../inspector/element/phases.ts'
import { phaseColours } from '../../../inspector/element/pill.ts'
import { TransportManager } from '../../../src/index.ts'

test('the pill has the colours of the page', () => {
  const tokens = readFileSync(new URL('../../../inspector/chart/tokens.css', import.meta.url), 'utf8')
  for (const [phase, [light, dark]] of Object.entries(phaseColours)) {
    expect(tokens).toContain(`--${phase}: light-dark(${light}, ${dark});`)
  }
})

const inPhase = (tags: string) => createActor(createMachine({ tags })).start()

test('the gravest phase of all is shown', () => {
  expect(phaseAmong([])).toBe('idle')
  expect(phaseAmong([inPhase('online'), inPhase('other')])).toBe('online')
  expect(phaseAmong([inPhase('online'), inPhase('pending')])).toBe('pending')
  expect(phaseAmong([inPhase('degraded'), { actor: inPhase('failed') }])).toBe('failed')
})

test('of a manager its connections are shown', () => {
  const manager = new TransportManager()
  const chat = manager.createTransport('sse', { id: 'chat', url: 'http://127.0.0.1:1/' })
  expect(phaseAmong([manager])).toBe('idle')
  void chat.connect().catch(() => {})
  expect(phaseAmong([manager])).toBe('pending')
  manager.closeAll()
  expect(phaseAmong([manager])).toBe('idle')
})
