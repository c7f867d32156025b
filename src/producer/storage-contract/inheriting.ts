/**
 * The contract: what an owner left behind goes to somebody who is still there.
 *
 * @module
 */
import { describe, expect, test } from 'vitest'
import { batch, claimed, heir, type MakePlace, STREAM, until } from './rig.ts'

export function inheritingCases(make: MakePlace): void {
  describe('inheriting', () => {
    test('hands over a slot that was given up with something in it', async () => {
      const place = await make()
      const slot = await claimed(place.open(), 3)
      await slot.acknowledge(0)
      const { got } = heir(place)
      await slot.release()
      const [taken] = await got(1)
      expect(taken).toMatchObject({ found: 'kept', next: 3, producer: slot.producer })
      expect(taken?.batches).toEqual([batch(1), batch(2)])
    })

    test('hands over what nobody holds at the beginning', async () => {
      const place = await make()
      const slots = [await claimed(place.open(), 1), await claimed(place.open(), 1), await claimed(place.open(), 1)]
      for (const slot of slots) await slot.release()
      const { got } = heir(place)
      const taken = await got(3)
      expect(taken.map(({ producer }) => producer.id).sort()).toEqual(slots.map(({ producer }) => producer.id).sort())
    })

    test('hands over a slot that was made after it began to look', async () => {
      const place = await make()
      const { got } = heir(place)
      const slot = await claimed(place.open(), 1)
      await slot.release()
      expect((await got(1))[0]?.producer).toEqual(slot.producer)
    })

    test('hands over what came into a slot that was empty when it began to look', async () => {
      const place = await make()
      const slot = await claimed(place.open())
      const { got } = heir(place)
      await slot.put(batch(0))
      await slot.release()
      expect((await got(1))[0]?.batches).toEqual([batch(0)])
    })

    test('gives each slot to one of several', async () => {
      const place = await make()
      const slots = await Promise.all(Array.from({ length: 6 }, () => claimed(place.open(), 1)))
      const heirs = [heir(place), heir(place), heir(place)]
      await Promise.all(slots.map((slot) => slot.release()))
      const all = () => heirs.flatMap(({ taken }) => taken.map(({ producer }) => producer.id))
      await until(place, () => all().length >= 6)
      expect(all().sort()).toEqual(slots.map(({ producer }) => producer.id).sort())
    })

    test('leaves a slot in which nothing waits to whoever claims next', async () => {
      const place = await make()
      const [empty, full] = [await claimed(place.open()), await claimed(place.open(), 1)]
      const { got, taken, stop } = heir(place)
      await empty.release()
      await full.release()
      await got(1)
      stop()
      expect(taken.map(({ producer }) => producer)).toEqual([full.producer])
      // It may still be looked at for a moment.
      await until(place, async () => {
        const slot = await place.open().claim(STREAM, empty.producer)
        if (slot.producer.id !== empty.producer.id) await slot.release()
        return slot.producer.id === empty.producer.id
      })
    })

    test('hands over again what was inherited and given up', async () => {
      const place = await make()
      const slot = await claimed(place.open(), 2)
      const first = heir(place)
      await slot.release()
      const [taken] = await first.got(1)
      first.stop()
      await taken?.acknowledge(0)
      const second = heir(place)
      await taken?.release()
      expect((await second.got(1))[0]?.batches).toEqual([batch(1)])
    })

    test('hands over an emptied slot no more, but goes on to look after the others', async () => {
      const place = await make()
      const [one, other] = [await claimed(place.open(), 1), await claimed(place.open(), 1)]
      const { got, taken } = heir(place)
      await one.release()
      const [first] = await got(1)
      await first?.acknowledge(0)
      await first?.release()
      await other.release()
      await got(2)
      expect(taken.map(({ producer }) => producer)).toEqual([one.producer, other.producer])
    })

    test('hands over nothing once it was stopped', async () => {
      const place = await make()
      const slot = await claimed(place.open(), 1)
      const stopped = heir(place)
      stopped.stop()
      stopped.stop()
      await slot.release()
      const { got } = heir(place)
      expect((await got(1))[0]?.producer).toEqual(slot.producer)
      expect(stopped.taken).toEqual([])
    })

    test('hands a buried slot to nobody, and nobody claims it', async () => {
      const place = await make()
      const buried = await claimed(place.open(), 1)
      const other = await claimed(place.open(), 1)
      const { got, taken } = heir(place)
      await buried.bury?.()
      await other.release()
      await got(1)
      expect(taken.map(({ producer }) => producer)).toEqual([other.producer])
      const slot = await place.open().claim(STREAM)
      expect(slot).toMatchObject({ found: 'new', batches: [] })
      expect(slot.producer.id).not.toBe(buried.producer.id)
    })

    test('hands over no slot of another stream', async () => {
      const place = await make()
      const other = await claimed(place.open(), 1, 'https://example.com/v1/stream/other')
      const { got, taken } = heir(place)
      await other.release()
      const slot = await claimed(place.open(), 1)
      await slot.release()
      await got(1)
      expect(taken.map(({ producer }) => producer)).toEqual([slot.producer])
    })
  })
}
