import { existsSync, readFileSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { fileOutbox, type OutboxSlot } from '../../src/file-outbox.ts'
import { simulatedClock } from '../../src/testing/clock.ts'
import { outboxDirectory, Spoken } from './own-processes.ts'
import { soon } from './traffic.ts'

const PROGRAM = new URL('owner-process.ts', import.meta.url)
const STREAM = 'https://example.com/v1/stream/a'
const RIVALS = 4
const ROUNDS = 2

/** A process that has a slot with one batch in it. */
async function owner(directory: string) {
  const process = new Spoken(PROGRAM, [directory, STREAM])
  await process.said(1)
  const [id = ''] = (await process.ask('claim')).split(' ')
  await process.ask('put')
  return { process, producer: { id, epoch: 0 } }
}

const texts = ({ batches }: OutboxSlot) => batches.flatMap(({ records }) => records)

test('what a killed process leaves goes to one of all the processes that see it at once', async () => {
  const directory = outboxDirectory()
  const left = await owner(directory)
  await left.process.kill()
  let dead = [left.producer.id]
  for (let round = 1; round <= ROUNDS; round++) {
    const rivals = Array.from({ length: RIVALS }, () => new Spoken(PROGRAM, [directory, STREAM]))
    await Promise.all(rivals.map((rival) => rival.said(1)))
    const ids = (await Promise.all(rivals.map((rival) => rival.ask('claim')))).map((said) => said.split(' ')[0] ?? '')
    expect(new Set(ids).size).toBe(RIVALS)
    expect(dead.filter((id) => ids.includes(id))).toEqual(dead)
    await Promise.all(rivals.map((rival) => rival.ask('put')))
    await Promise.all(rivals.map((rival) => rival.kill()))
    dead = ids
  }
  const slots = await Promise.all(dead.map((id) => fileOutbox(directory).claim(STREAM, { id, epoch: 0 })))
  expect(slots.map(({ found }) => found)).toEqual(dead.map(() => 'kept'))
  // Each round has put one into each: what the first process left has had an owner every time.
  expect(Math.max(...slots.map(({ next }) => next))).toBe(ROUNDS + 1)
}, 60_000)

test('a process that is stopped keeps its slot, and goes on with it', async () => {
  const directory = outboxDirectory()
  const { process, producer } = await owner(directory)
  process.child.kill('SIGSTOP')
  const other = await fileOutbox(directory).claim(STREAM, producer)
  expect(other).toMatchObject({ found: 'new', next: 0 })
  process.child.kill('SIGCONT')
  expect(await process.ask('put')).toBe(`${producer.id} 2`)
  await process.kill()
  const next = await fileOutbox(directory).claim(STREAM, producer)
  expect(next).toMatchObject({ found: 'kept', next: 2, producer })
  expect(texts(next)).toEqual(['record 0', 'record 1'])
})

test('what a killed process leaves is inherited by one that lives', async () => {
  const directory = outboxDirectory()
  const clock = simulatedClock()
  const storage = fileOutbox(directory, { clock })
  const { process, producer } = await owner(directory)
  const taken: OutboxSlot[] = []
  const stop = storage.inherit?.(STREAM, (slot) => taken.push(slot))
  onTestFinished(() => stop?.())
  await clock.advance(10_000)
  expect(taken).toEqual([])
  await process.kill()
  await soon(async () => {
    await clock.advance(2_000)
    expect(taken).toMatchObject([{ found: 'kept', next: 1, producer }])
  })
  expect(taken.flatMap(texts)).toEqual(['record 0'])
})

test.runIf(existsSync('/proc/self/stat'))(
  'a killed process is dead though its parent has not asked after it',
  async () => {
    const directory = outboxDirectory()
    const shell = new Spoken(PROGRAM, [directory, STREAM], ['sh', '-c', 'exec 3<&0; "$0" "$@" <&3 & wait'])
    const [ready = ''] = await shell.said(1)
    const pid = Number(ready.split(' ')[1])
    const [id = ''] = (await shell.ask('claim')).split(' ')
    await shell.ask('put')
    shell.child.kill('SIGSTOP')
    process.kill(pid, 'SIGKILL')
    await soon(() => expect(readFileSync(`/proc/${pid}/stat`, 'utf8')).toContain(') Z '))
    expect(await fileOutbox(directory).claim(STREAM)).toMatchObject({ found: 'kept', next: 1, producer: { id } })
  },
)
