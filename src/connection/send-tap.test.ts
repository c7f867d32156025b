import { expect, test } from 'vitest'
import { TransportError } from '../errors.ts'
import type { AppendAnswer, Link, Outgoing } from '../link.ts'
import { outbox } from './outbox.ts'
import { tapSends } from './send-tap.ts'
import { Sending } from './sending.ts'

function open(): Sending {
  return new Sending(outbox, {
    encode: (data) => data,
    input: {},
    clock: { setTimeout, clearTimeout: () => {} },
    report: () => {},
  })
}

/** A link that takes what it gets, with the methods of its kind on its prototype, as a class has them. */
class Taking implements Link {
  readonly protocol = 'test'
  readonly got: unknown[] = []
  answer: AppendAnswer = { kind: 'stored' }
  read = async () => false
  close = () => {}
  async write(batch: readonly Outgoing[]): Promise<void> {
    for (const { data, settle } of batch) {
      this.got.push(data)
      settle()
    }
  }
  async append({ records }: Parameters<NonNullable<Link['append']>>[0]): Promise<AppendAnswer> {
    this.got.push(...records)
    return this.answer
  }
}

test('what is listened to is put back as it was, also on a link that came meanwhile', async () => {
  const sending = open()
  const link = new Taking()
  const heard: unknown[] = []
  const leave = tapSends(sending, (data) => {
    heard.push(data)
    return (error) => heard.push(error)
  })
  sending.through(link)
  expect(Object.keys(link)).not.toContain('write')
  await sending.send('one')
  expect([heard, link.got]).toEqual([['one', undefined], ['one']])
  leave()
  leave()
  expect([Object.hasOwn(link, 'write'), Object.hasOwn(link, 'append'), Object.hasOwn(sending, 'through')]).toEqual([
    false,
    false,
    false,
  ])
  await sending.send('two')
  expect([heard.length, link.got]).toEqual([2, ['one', 'two']])
})

test('each of several listeners hears until it leaves', async () => {
  const sending = open()
  sending.through(new Taking())
  const heard: string[] = []
  const leaves = ['a', 'b'].map((name) =>
    tapSends(sending, () => {
      heard.push(name)
      return null
    }),
  )
  await sending.send('one')
  leaves[0]?.()
  await sending.send('two')
  expect(heard).toEqual(['a', 'b', 'b'])
})

test('an append tells the outcome of each record, and none that is going to be made again', async () => {
  const sending = open()
  const link = new Taking()
  sending.through(link)
  const heard: unknown[] = []
  tapSends(sending, (data, sequence) => {
    heard.push([data, sequence])
    return (error) => heard.push(error)
  })
  const append = (sequence: number) =>
    link.append({ producer: { id: 'p', epoch: 0, sequence }, records: ['x', 'y'] }).then(() => heard.splice(0))
  const told = [
    ['x', 7],
    ['y', 7],
  ]
  expect(await append(7)).toEqual([...told, undefined, undefined])
  const error = new TransportError('send_refused', 'no')
  link.answer = { kind: 'refused', error }
  expect(await append(7)).toEqual([...told, error, error])
  link.answer = { kind: 'later' }
  expect(await append(7)).toEqual(told)
})
