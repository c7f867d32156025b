import { expect, test } from 'vitest'
import { encrypted } from './codec.ts'
import { importKey } from './import-key.ts'
import { keyRing } from './key-ring.ts'

/** Made once in Node 24 with `node:crypto`: the key is 32 times 7, the nonce 12 times 9. */
const fromNode =
  'eyJhbGciOiJkaXIiLCJjaG4iOiJyb29tIiwiZW5jIjoiQTI1NkdDTSIsImtpZCI6ImsxIiwic2VxIjowLCJzaWQiOiJBQUFBQUFBQUFBQUFBQUFBQUFBQUFBIn0..CQkJCQkJCQkJCQkJ.XKfw8caE41uCBbn7Wik8_yQv734Wkw.ZBGizENnRlIFjbBEop9rUQ'

test('a browser reads what Node wrote, and its own messages, and refuses a changed one', async () => {
  const keys = keyRing('k1', await importKey(new Uint8Array(32).fill(7)))
  const make = encrypted({ keys, channel: 'room' })
  const [sender, receiver] = [make(), make()]
  expect(await receiver.decode(fromNode)).toEqual({ text: 'grüß 🌍' })
  const token = String(await sender.encode([1, 'ü']))
  await expect(receiver.decode(token.replace(/.{4}$/, 'AAAA'))).rejects.toMatchObject({ code: 'decrypt_failed' })
  expect(await receiver.decode(token)).toEqual([1, 'ü'])
  await expect(receiver.decode(fromNode)).rejects.toMatchObject({ code: 'replayed' })
})

test('a key in the browser cannot be read out', async () => {
  const key = await importKey(new Uint8Array(32).fill(7))
  await expect(crypto.subtle.exportKey('raw', key)).rejects.toThrow()
})
