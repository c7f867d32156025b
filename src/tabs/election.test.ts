import { expect, it, onTestFinished } from 'vitest'
import { LockRig } from '../../test/tabs/locks-rig.ts'
import { answer } from './admission.ts'
import { type Seat, takeSeat } from './election.ts'
import { hold } from './locks.ts'
import { enter } from './membership.ts'
import type { TabPlatform } from './platform.ts'

const clock = {
  now: () => performance.now(),
  setTimeout: (run: () => void, milliseconds: number) => setTimeout(run, milliseconds),
  clearTimeout: (timer: unknown) => clearTimeout(timer as NodeJS.Timeout),
}

it('of two who doubt a silent leader one takes the lead, and the other does not take it from that one', async () => {
  const locks = new LockRig()
  const name = `election ${crypto.randomUUID()}`
  const silent = await hold(locks.of('silent'), name)
  const giveUp = new AbortController()
  const standing = async (owner: string) => {
    const channel = (of: string): BroadcastChannel => new BroadcastChannel(of)
    const platform: TabPlatform = { locks: locks.of(owner), clock, channel, onFreeze: () => () => {} }
    const member = await enter(platform, name)
    onTestFinished(() => member.leave())
    const seat = takeSeat(member, { position: null, beginning: 'history', signal: giveUp.signal, patience: 60 })
    return { member, seat: seat.then((taken) => ({ member, taken })) }
  }
  const both = await Promise.all(['one', 'other'].map(standing))
  const winner: { member: (typeof both)[number]['member']; taken: Seat } = await Promise.race(
    both.map(({ seat }) => seat),
  )
  const loser = both.find(({ member }) => member !== winner.member)
  if (winner.taken.kind !== 'leader' || loser === undefined) throw new Error('Nobody leads.')
  expect(silent?.stolen.aborted).toBe(true)
  let questions = 0
  winner.member.hall.listen((frame) => {
    if (frame.type !== 'seek') return
    questions += 1
    answer(winner.member, frame.member, { type: 'dialling', leader: winner.member.id })
  })
  await expect.poll(() => questions, { timeout: 5_000 }).toBeGreaterThan(4)
  expect(winner.taken.held.stolen.aborted).toBe(false)
  giveUp.abort()
  await expect(loser.seat).rejects.toMatchObject({ code: 'aborted' })
})
