import { describe, expect, test } from 'vitest'
import { GroupCommit, type Transaction } from './group-commit.ts'

/** A list as an engine: what is committed stays, `limit` is where its device is full. */
function listEngine(limit = Infinity) {
  const committed: string[] = []
  let pending: string[] = []
  const log: string[] = []
  const transaction: Transaction = {
    begin: () => log.push('begin'),
    commit() {
      if (committed.length + pending.length > limit) throw new Error('full')
      committed.push(...pending)
      pending = []
      log.push('commit')
    },
    rollBack() {
      pending = []
      log.push('roll back')
    },
    committed: () => log.push('told'),
    failed: (error) => (error instanceof Error ? error : new Error('unknown')),
  }
  const group = new GroupCommit(transaction)
  const add = (text: string) =>
    group.run(() => {
      if (text.startsWith('bad')) throw new Error(text)
      return pending.push(text)
    })
  return { group, add, committed, log }
}

const kinds = (results: readonly PromiseSettledResult<unknown>[]) => results.map(({ status }) => status)

describe('a group', () => {
  test('is what was asked in one turn, in one transaction, and answered after it was told', async () => {
    const { add, committed, log } = listEngine()
    const answers = [add('a').then(() => log.push('answer')), add('b'), add('c')]
    expect(log).toEqual([])
    await Promise.all(answers)
    expect(log).toEqual(['begin', 'commit', 'told', 'answer'])
    expect(committed).toEqual(['a', 'b', 'c'])
  })

  test('loses only those who fail, and keeps the order of the others', async () => {
    const { add, committed } = listEngine()
    const names = Array.from({ length: 50 }, (_, n) => (n % 17 === 3 ? `bad ${n}` : `${n}`))
    const results = await Promise.allSettled(names.map(add))
    expect(results.map((result) => (result.status === 'rejected' ? result.reason.message : null))).toEqual(
      names.map((name) => (name.startsWith('bad') ? name : null)),
    )
    expect(committed).toEqual(names.filter((name) => !name.startsWith('bad')))
  })

  test('whose commit fails keeps what fits', async () => {
    const { add, committed } = listEngine(5)
    const results = await Promise.allSettled(Array.from({ length: 8 }, (_, n) => add(`${n}`)))
    expect(kinds(results)).toEqual([...Array(5).fill('fulfilled'), ...Array(3).fill('rejected')])
    expect(committed).toEqual(['0', '1', '2', '3', '4'])
  })

  test('of which all fail costs no more than two attempts each', async () => {
    const { add, log } = listEngine(0)
    await Promise.allSettled(Array.from({ length: 1_000 }, (_, n) => add(`${n}`)))
    expect(log.filter((entry) => entry === 'begin').length).toBeLessThanOrEqual(2_000)
  })

  test('is cut where it takes too long, and goes on in the next turn', async () => {
    const { group, log } = listEngine()
    const slow = () => {
      const start = performance.now()
      while (performance.now() - start < 15);
    }
    await Promise.all(Array.from({ length: 6 }, () => group.run(slow)))
    expect(log.filter((entry) => entry === 'commit').length).toBeGreaterThanOrEqual(3)
  })

  test('has at most a thousand members', async () => {
    const { add, committed, log } = listEngine()
    await Promise.all(Array.from({ length: 2_500 }, (_, n) => add(`${n}`)))
    expect(log.filter((entry) => entry === 'commit').length).toBeGreaterThanOrEqual(3)
    expect(committed).toEqual(Array.from({ length: 2_500 }, (_, n) => `${n}`))
  })

  test('is done at once when it is drained, with what is asked in the meantime', async () => {
    const { group, add, committed } = listEngine()
    const answers = [add('a'), add('b')]
    group.drain()
    expect(committed).toEqual(['a', 'b'])
    await Promise.all([...answers, add('c')])
    expect(committed).toEqual(['a', 'b', 'c'])
  })
})
