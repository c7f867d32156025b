import { randomInt } from 'node:crypto'
import { expect, test } from 'vitest'
import { chanceFrom } from '../bench/statistics.ts'
import { Succession } from '../server-faults/processes/succession.ts'
import { CARRIERS } from './patience.ts'
import { createStream, expectExactlyOnce, soon, Traveller } from './traffic.ts'

const KILLS = 4

test('a server that is killed again and again loses and repeats nothing, in either direction and over any carrier', async () => {
  const seed = randomInt(2 ** 31)
  console.log(`server killed with seed ${seed}`)
  const chance = chanceFrom(seed)
  const servers = new Succession()
  const address = await servers.start()
  const travellers = await Promise.all(
    CARRIERS.map(async (via) => {
      const url = `${address}/v1/stream/${via}`
      await createStream(url)
      return new Traveller(via, url)
    }),
  )
  for (let kill = 0; kill < KILLS; kill++) {
    const since = travellers.map((traveller) => ({ traveller, progress: traveller.progress }))
    const count = Math.floor(chance() * 60) + 5
    await soon(() => {
      for (const { traveller, progress } of since) expect(traveller.passed(progress, count), traveller.via).toBe(true)
    })
    expect(await servers.end('SIGKILL')).toMatchObject({ signal: 'SIGKILL' })
    await servers.start()
  }
  for (const traveller of travellers) await traveller.finish()
  for (const traveller of travellers) await expectExactlyOnce(traveller)
  expect(servers.reports).toEqual([])
}, 120_000)
