import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { bearing, connection, handshake, refusalOf, request, startGate } from './testing/gate-rig.ts'

const CANARY = 'canary'
const TOKEN = `${CANARY}-token`

const printed = (value: unknown): string =>
  [
    inspect(value, { depth: 20, showHidden: true, getters: true }),
    inspect(value, { depth: 20 }),
    String(value),
    JSON.stringify(value) ?? '',
  ].join()

test('S15: nothing that the gate makes, logs or throws shows a secret, however it is printed', async () => {
  const { gate, entries, reports } = startGate({
    authenticate: ({ token }) => (token === TOKEN ? { id: `${CANARY}-id`, claims: { mail: `${CANARY}-mail` } } : null),
    authorize: (_principal, _action, path) => path !== `${CANARY}/forbidden`,
    limits: { connections: 1 },
  })
  const secrets = { cookie: `session=${CANARY}`, 'x-secret': CANARY, 'producer-id': CANARY }
  const visitor = await gate.admit(request({ ...secrets, authorization: `Bearer ${TOKEN}` }))
  const entry = gate.enter(visitor, connection())
  gate.issueTicket(visitor, `https://${CANARY}.example`)
  await gate.allows(visitor, 'read', `${CANARY}/room`)
  await gate.allows(visitor, 'read', `${CANARY}/forbidden`)
  gate.spend(visitor, 'publishes', 1)
  const offered = `statewire.v1.json, statewire.ticket.${CANARY}`
  const target = `/v1/stream/${CANARY}?token=${CANARY}`
  const refused = await Promise.all(
    [
      () => gate.admit(request({ ...secrets, authorization: `Bearer ${CANARY}-wrong` })),
      () => gate.admit(request({ authorization: `${CANARY} ${CANARY}` })),
      () => gate.admit(request({ authorization: `Bearer ${CANARY.repeat(2_000)}` })),
      () => gate.admit(bearing(TOKEN, { target })),
      () => gate.admit(bearing(TOKEN, { rawHeaders: ['Producer-Id', CANARY, 'producer-id', CANARY] })),
      () => gate.admitUpgrade(handshake({ 'sec-websocket-protocol': offered })),
      () => gate.admitUpgrade(handshake({ origin: `https://${CANARY}.example` })),
      () => gate.greet(handshake(), `${CANARY} with spaces`),
      () => gate.renew(gate.stranger(handshake()), TOKEN),
      () => gate.enter(visitor, connection()),
    ].map(refusalOf),
  )
  gate.revoke(`${CANARY}-id`)
  expect(refused).not.toContain(null)
  expect(reports).toEqual([])
  expect(entries.length).toBeGreaterThan(refused.length)
  // A getter that is looked at on purpose may answer; printing must not look.
  for (const shown of [gate, entry, entries, ...refused]) expect(printed(shown)).not.toContain(CANARY)
  expect(
    [inspect(visitor, { depth: 20, showHidden: true }), JSON.stringify(visitor), `${visitor}`].join(),
  ).not.toContain(CANARY)
})

test('the search finds what is there', () => {
  expect(printed({ deep: { deeper: [CANARY] } })).toContain(CANARY)
  expect(printed(new Error(CANARY))).toContain(CANARY)
})
