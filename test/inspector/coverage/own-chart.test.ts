import { expect, test } from 'vitest'
import { coverageOfReport } from '../../../inspector/session/coverage.ts'
import { coverageText } from '../../../inspector/testing/coverage-text.ts'
import { machineCoverage } from '../../../inspector/testing/machine-coverage.ts'
import { cut, forbidden, simulate, unauthorized } from '../../simulation/scripted.ts'

test('a walk through the connection chart on simulated time, and what of it was never taken', async () => {
  const counted = machineCoverage()
  const stop = counted.everything()

  const lost = simulate()
  const link = await lost.opened()
  link.deliver('hello')
  link.lose(cut)
  await lost.pass(60_000)
  await lost.refuse(cut)
  await lost.pass(60_000)
  await lost.accept()
  lost.actor.send({ type: 'close' })
  await lost.pass(0)

  const refused = simulate()
  refused.actor.send({ type: 'connect' })
  await refused.pass(0)
  await refused.refuse(forbidden)
  refused.actor.send({ type: 'connect' })
  await refused.pass(60_000)
  refused.actor.send({ type: 'close' })

  const renewed = simulate({ authorize: async () => {} })
  renewed.actor.send({ type: 'connect' })
  await renewed.pass(0)
  await renewed.refuse(unauthorized)
  await renewed.pass(0)
  await renewed.accept()

  const silent = simulate({ heartbeatInterval: 5_000 })
  await silent.opened('ping')
  await silent.pass(60_000)
  stop()

  const report = counted.report()
  const connection = coverageOfReport(report).find(({ name }) => name === 'connection')
  console.log(coverageText(report))
  expect(connection?.actors).toBe(4)
  expect(connection?.coverage?.transitions.length).toBeGreaterThan(50)
  const taken = connection?.coverage?.transitions.filter((transition) => transition.taken > 0) ?? []
  expect(taken.map(({ words }) => words)).toContain(
    'reconnecting.waiting · after backoff, if admitted → reconnecting.dialing',
  )
  expect(taken.length).toBeGreaterThan(10)
  expect(connection?.coverage?.states.find(({ id }) => id === 'connection.error')?.seen).toBe(1)
})
