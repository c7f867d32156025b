import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

/**
 * What users of other libraries have asked for in vain, each with the tests that hold it here: a file, and words of a test's name.
 * The first source of each is a public report.
 */
const wishes: readonly {
  readonly wish: string
  readonly source: string
  readonly held: readonly (readonly [file: string, name: string])[]
}[] = [
  {
    wish: 'an open socket that is dead is noticed',
    source: 'get-convex/convex-backend#562',
    held: [
      ['test/simulation/liveness.test.ts', 'a dead link is noticed 10 s after its last byte'],
      ['test/faults/table.ts', 'F03'],
    ],
  },
  {
    wish: 'a background tab neither loses its connection nor comes back late',
    source: 'get-convex/convex-js#183',
    held: [
      ['test/simulation/day.test.ts', 'frozen and resumed'],
      [
        'src/connection/surroundings.browser.test.ts',
        'a timer of a visible page that comes more than 10 s late is a sleep',
      ],
    ],
  },
  {
    wish: 'a watchdog that was throttled itself raises no alarm',
    source: 'leeguooooo/AgentParty#634',
    held: [['test/simulation/liveness.test.ts', 'the watchdog measures from the last byte']],
  },
  {
    wish: 'stopping is not disconnecting',
    source: 'vercel/ai#6502',
    held: [['test/rules/flow.test.ts', 'after pause not one more message is handed over']],
  },
  {
    wish: 'a resume repeats nothing',
    source: 'cloudflare/agents#1742',
    held: [['test/transports/cases/cutting.ts', 'loses and repeats nothing when the answer is cut at byte']],
  },
  {
    wish: 'a recovery recovers, also the second and the fifth time',
    source: 'socketio/socket.io#4880',
    held: [['test/transports/cases/cutting.ts', 'survives five cuts in a row']],
  },
  {
    wish: 'a stream that was cut short is not taken for a complete one',
    source: 'aaif-goose/goose#7831',
    held: [['test/faults/table.ts', 'F02']],
  },
  {
    wish: 'a POST is not sent twice',
    source: 'Azure/fetch-event-source#54',
    held: [
      ['test/simulation/timeouts.test.ts', 'a POST that could be done twice is never repeated by a timer'],
      ['src/connection/classification.test.ts', 'what could be done twice is never retried, whatever the failure'],
    ],
  },
  {
    wish: 'a token that expired is renewed',
    source: 'trpc/trpc#6046',
    held: [['test/simulation/renewal.test.ts', 'a refused credential is renewed once']],
  },
  {
    wish: 'a restarted server is not trampled down',
    source: 'phoenixframework/phoenix#4045',
    held: [['test/simulation/herd.test.ts', 'all are back in 60 s']],
  },
  {
    wish: 'nothing reconnects in a hot loop',
    source: 'centrifugal/centrifuge-js#407',
    held: [['test/simulation/budget.test.ts', 'one connection sends at most 30 requests in any minute']],
  },
  {
    wish: 'memory is bounded however slow the consumer',
    source: 'nodejs/undici#5503',
    held: [
      ['src/connection/messages.test.ts', 'a million messages to an iterator that nobody asks leave the heap flat'],
    ],
  },
  {
    wish: 'what is sent keeps its order, is sent once, and can be given up',
    source: 'socketio/socket.io#3414',
    held: [
      ['src/connection/outbox-property.test.ts', 'nothing goes out twice, and every send settles exactly once'],
      ['src/connection/outbox.test.ts', 'an aborted send that still waits is never sent'],
    ],
  },
  {
    wish: 'a burst of writes is not taken for a proxy that buffers, and a proxy that buffers is found out',
    source: 'electric-sql/electric#4137',
    held: [
      ['test/ladder/no-evidence.test.ts', 'bursts of writes, and kills in the middle of them, put nobody down'],
      ['test/ladder/descent.test.ts', 'a proxy that begins to hold back lets the heartbeat come late'],
      ['test/ladder/climb.test.ts', 'when the proxy is mended it climbs back to the top'],
    ],
  },
  {
    wish: 'tabs and widgets do not use up the six connections of a browser',
    source: 'dunglas/mercure#254',
    held: [
      ['test/channels/slots.browser.test.ts', 'seven streams on one HTTP/1.1 origin leave room for a POST'],
      ['test/channels/channels.test.ts', 'twenty streams are read over one socket'],
      ['test/tabs/browsers.test.ts', 'lose nothing when their leader is closed'],
    ],
  },
  {
    wish: 'StrictMode opens one connection',
    source: 'cloudflare/partykit#336',
    held: [['test/react/strict-mode.browser.test.tsx', 'one socket open, messages delivered, none left after unmount']],
  },
  {
    wish: 'nobody gives up after four tries, unless told to',
    source: 'trpc/trpc#7094',
    held: [['src/connection/backoff.test.ts', 'stays there for ever']],
  },
  {
    wish: 'a token costs the screen nothing',
    source: 'cloudflare/agents#2058',
    held: [['test/react/strict-mode.browser.test.tsx', 'renders zero times per message']],
  },
  {
    wish: 'what is not imported is not in the bundle',
    source: 'ably/ably-js#309',
    held: [['test/size/client-bundles.test.ts', 'zod']],
  },
]

const root = fileURLToPath(new URL('../..', import.meta.url))

test.each(wishes)('$wish ($source)', ({ held }) => {
  for (const [file, name] of held) expect(readFileSync(`${root}/${file}`, 'utf8'), file).toContain(name)
})
