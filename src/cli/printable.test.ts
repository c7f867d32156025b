import { expect, test } from 'vitest'
import { isPrintable, printable, printableLine } from './printable.ts'

test('an escape sequence is shown instead of obeyed', () => {
  expect(printable('\x1b]0;owned\x07 \x1b[2J')).toBe('␛]0;owned␇ ␛[2J')
})

test('the one-byte forms of C1, delete and carriage return are shown too', () => {
  expect(printable('a\u009b2Jb\x7fc\rd')).toBe('a\ufffd2Jb␡c␍d')
})

test('tabs, line feeds and letters of any script pass', () => {
  expect(printable('a\tb\n日本 é 🙂')).toBe('a\tb\n日本 é 🙂')
})

test('a line stays one line and has an end', () => {
  expect(printableLine('a\nb')).toBe('a␊b')
  expect(printableLine('x'.repeat(300))).toBe(`${'x'.repeat(200)}…`)
})

test('what would be changed is not printable', () => {
  expect(isPrintable('42')).toBe(true)
  expect(isPrintable('4\n2')).toBe(false)
  expect(isPrintable('x'.repeat(300))).toBe(true)
})
