/**
 * The same transport without a machine in sight.
 *
 * @module
 */
import { expect, it, onTestFinished } from 'vitest'
import { createTransport, type TransportEvents } from '../../../src/transport/create-transport.ts'
import type { TransportRow } from '../rows.ts'
import { freshRoom } from '../session.ts'
import { heard } from './cutting.ts'

const names = ['connecting', 'connected', 'reconnecting', 'event', 'done', 'error', 'closed'] as const

export function plainFace(row: TransportRow): void {
  it('tells createTransport the same story', async () => {
    const room = await freshRoom({ append: ['one'] })
    const transport = createTransport(row.type, { ...row.input(room), backoff: { base: 5, cap: 20 } })
    onTestFinished(() => transport.close())
    const story: string[] = []
    const texts: string[] = []
    for (const name of names) if (name !== 'event') transport.on(name, () => story.push(name))
    transport.on('event', ({ data }) => texts.push(row.textOf(data)))

    const arrived = (count: number): Promise<void> =>
      new Promise((resolve) => {
        const look = (): void => {
          if (texts.length < count) return
          transport.off('event', look)
          resolve()
        }
        transport.on('event', look)
        look()
      })
    const once = <Name extends keyof TransportEvents>(name: Name): Promise<TransportEvents[Name]> =>
      new Promise((resolve) => transport.once(name, resolve))

    await transport.connect()
    expect(transport.getState()).toBe('connected')
    await arrived(1)
    await transport.send('hello')
    const { received } = await room.until((state) => state.received.length === 1)
    expect(received[0]?.body).toBe('hello')
    if (row.echoes) await arrived(2)
    await room.until(({ open }) => open.length === 1)

    const [lost, back, over] = [once('reconnecting'), once('connected'), once('closed')]
    await room.order({ cut: true })
    if (row.cutIsEnd) {
      await over
      expect(story).toEqual(['connecting', 'connected', 'done', 'closed'])
      return
    }
    if (row.noticesCuts) {
      expect((await lost).attempt).toBe(1)
      await back
    }
    await room.order({ append: ['two'] })
    const all = row.echoes ? ['one', 'hello', 'two'] : ['one', 'two']
    const expected = heard(row, ['one'], all)
    await arrived(expected.length)
    expect(texts).toEqual(expected)

    transport.close()
    expect(transport.getState()).toBe('closed')
    const cut = story.includes('reconnecting') ? ['reconnecting', 'connected'] : []
    expect(story).toEqual(['connecting', 'connected', ...cut, 'closed'])
    expect(cut.length > 0 || !row.noticesCuts).toBe(true)
    await room.until(({ open }) => open.length === 0)
  })
}
