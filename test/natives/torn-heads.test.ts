import { expect, test } from 'vitest'
import { type EngineName, missingEngines } from '../engines/installed.ts'
import type { CutPlan } from './cutting-proxy.ts'
import { startEngine } from './engines.ts'
import { printedSeed, randomFrom } from './log.ts'
import { startOrigin, TOKEN } from './origin.ts'
import { startPageServer } from './page-server.ts'

const engines = (['chromium', 'firefox', 'webkit'] as const satisfies EngineName[]).filter(
  (name) => !missingEngines().includes(name) && (name === 'chromium' || process.env.CI !== 'true'),
)

/** Every second connection is cut in the head of its first answer, behind the permission without which no page gets to see it. */
function tornHeads(random: () => number): CutPlan {
  let connections = 0
  return () => {
    connections += 1
    const chance = random()
    const after = (said: string): number => {
      const permitted = said.indexOf('\r\n', said.toLowerCase().indexOf('access-control-allow-origin'))
      const end = said.indexOf('\r\n\r\n')
      return end === -1 ? Number.POSITIVE_INFINITY : permitted + 2 + Math.floor(chance * (end - permitted))
    }
    return connections % 2 === 0 ? null : { of: 'server', abrupt: random() < 0.5, after }
  }
}

// Over plain HTTP browsers take the part of a head that arrived for the whole.
test.each(engines)(
  'a first answer that is cut off in its head is no wrong address: %s',
  { timeout: 60_000 },
  async (name) => {
    const random = randomFrom(printedSeed(`torn heads in ${name}`))
    const pages = await startPageServer()
    const { directUrl, proxy, stream, url } = await startOrigin(
      { plan: tornHeads(random) },
      { origins: [pages.origin] },
    )
    await stream.append([1, 2, 3])
    const engine = await startEngine(name)
    try {
      await engine.visit(await pages.page('durable', { url, directUrl, token: TOKEN }))
      expect(await pages.report).toMatchObject({ failure: null, opened: 90 })
      expect(proxy.headCuts).toBeGreaterThan(40)
    } finally {
      await engine.close()
      await pages.close()
    }
  },
)
