import { expect, test } from 'vitest'
import { base64urlLength, isBase64url } from './base64url.ts'

test('every canonical text of up to three bytes is taken, and exactly those', () => {
  for (const bytes of [Buffer.alloc(0), Buffer.from([0xff]), Buffer.from([0, 1]), Buffer.from([250, 251, 252])]) {
    expect(isBase64url(bytes.toString('base64url'))).toBe(true)
  }
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  for (const start of ['A', 'AB']) {
    for (const last of alphabet) {
      const text = start + last
      expect(isBase64url(text), text).toBe(Buffer.from(text, 'base64url').toString('base64url') === text)
    }
  }
})

test('padding, white space, the other alphabet and impossible lengths are refused', () => {
  for (const text of ['AA==', 'A A', 'AA\n', 'A+', 'A/', 'A', 'AAAAA', 'ÄÄÄÄ'])
    expect(isBase64url(text), text).toBe(false)
})

test('the length of an encoding is known from its bytes', () => {
  for (let bytes = 0; bytes < 40; bytes++) {
    expect(base64urlLength(bytes)).toBe(Buffer.alloc(bytes).toString('base64url').length)
  }
})
