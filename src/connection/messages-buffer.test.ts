import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MessageBuffer } from './messages-buffer.ts'

test('behaves as an array whose bytes are the sum of what stands in it', () => {
  const steps = fc.array(
    fc.oneof({ weight: 3, arbitrary: fc.string({ maxLength: 5 }) }, fc.constantFrom(null, 'clear')),
  )
  const property = fc.property(steps, fc.nat(300), (script, before) => {
    const buffer = new MessageBuffer<string>()
    let model: string[] = []
    const push = (data: string): void => {
      buffer.push({ data })
      model.push(data)
    }
    for (let count = 0; count < before; count++) push(`${count}`)
    for (const step of script) {
      if (step === 'clear') {
        buffer.clear()
        model = []
      } else if (step === null) {
        for (let count = 0; count < before / 2; count++) expect(buffer.shift()?.data).toBe(model.shift())
      } else push(step)
      expect([buffer.length, buffer.bytes]).toEqual([model.length, model.join('').length])
    }
    while (model.length > 0) expect(buffer.shift()?.data).toBe(model.shift())
    expect(buffer.shift()).toBeUndefined()
    expect([buffer.length, buffer.bytes]).toEqual([0, 0])
  })
  fc.assert(property, { verbose: 1 })
})

test('what a listener did to a message afterwards does not falsify the sum', () => {
  const buffer = new MessageBuffer<unknown>()
  const message = { data: 'four' as unknown }
  buffer.push(message)
  message.data = new Uint8Array(1000)
  buffer.push({ data: { no: 'size' } })
  expect(buffer.bytes).toBe(4)
  buffer.shift()
  expect(buffer.bytes).toBe(0)
})
