/**
 * The independent conformance suite of Durable Streams, as far as it is our contract: all but forks and the reserved subscriptions.
 *
 * @module
 */
import { runConformanceTests } from '@durable-streams/server-conformance-tests'
import { afterAll, beforeAll, describe, expect, it, type RunnerTestSuite, TestRunner } from 'vitest'
import { createStreamServer, type StreamStore } from '../../src/server/index.ts'
import { liftedLimits } from '../../src/server/testing/lifted-limits.ts'

/** Groups that are no part of the core: forks come later, the reserved subscriptions never. */
const BEYOND_CORE = /^(Fork - |Reserved subscription APIs$)/

/** What 0.3.6 of the suite has beside those groups. Counted, so that no test goes missing when the suite is renewed. */
const CORE_TESTS = 250

/** How long the server holds a long-poll. The suite waits once for the whole of it. */
const LONG_POLL_MS = 2_000

const TOKEN = 'conformance-token'

/** Runs all core tests against a server with this store, which lets nobody in without the token. */
export function conformance(openStore: () => StreamStore): void {
  const reports: unknown[] = []
  const options = { baseUrl: '', longPollTimeoutMs: LONG_POLL_MS }
  const bareFetch = globalThis.fetch

  beforeAll(async () => {
    const server = createStreamServer({
      authenticate: ({ token }) => (token === TOKEN ? { id: 'suite' } : null),
      // The suite's preflights name this page.
      origins: ['https://example.com'],
      store: openStore(),
      limits: { ...liftedLimits, longPollMs: LONG_POLL_MS },
      report: (error) => reports.push(error),
    })
    const { url } = await server.listen()
    options.baseUrl = url
    globalThis.fetch = withToken(bareFetch, url)
    return async () => {
      globalThis.fetch = bareFetch
      await server.close({ spreadMs: 0, graceMs: 1 })
    }
  })

  it('lets nobody in without the token', async () => {
    const answer = await bareFetch(`${options.baseUrl}/v1/stream/conformance`)
    expect(answer.status).toBe(401)
  })

  describe('core', () => {
    runConformanceTests(options)
    const { tasks } = TestRunner.getCurrentSuite()
    const core = tasks.filter(({ name }) => !BEYOND_CORE.test(name))
    tasks.splice(0, tasks.length, ...core)
  })

  it('runs all 250 tests of the core', ({ task }) => {
    const core = task.file.tasks.find(({ name }) => name === 'core')
    const tests = core?.type === 'suite' ? modesOfTests(core) : []
    expect(tests).toHaveLength(CORE_TESTS)
    expect(new Set(tests)).toEqual(new Set(['run']))
  })

  afterAll(() => {
    expect(reports).toEqual([])
  })
}

/** The suite has no option for headers, and calls `fetch` by its global name; so does the client that it brings along. */
function withToken(bareFetch: typeof fetch, url: string): typeof fetch {
  return (input, init) => {
    const request = new Request(input, init)
    if (request.url.startsWith(`${url}/`)) request.headers.set('authorization', `Bearer ${TOKEN}`)
    return bareFetch(request)
  }
}

/** Whether each test below a suite is run, skipped or only planned. */
function modesOfTests(suite: RunnerTestSuite): string[] {
  return suite.tasks.flatMap((task) => (task.type === 'suite' ? modesOfTests(task) : [task.mode]))
}
