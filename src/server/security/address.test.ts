import { expect, test } from 'vitest'
import { addressKey, canonicalAddress, isLoopback } from './address.ts'

test.each([
  ['192.0.2.1', '192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1', '192.0.2.1'],
  ['0:0:0:0:0:FFFF:C000:0201', '192.0.2.1', '192.0.2.1'],
  ['2001:DB8:0:1:2:3:4:5', '2001:db8:0:1:2:3:4:5', '2001:db8:0:1::/64'],
  ['2001:db8::5', '2001:db8::5', '2001:db8:0:0::/64'],
  ['2001:db8:1:2::', '2001:db8:1:2::', '2001:db8:1:2::/64'],
  ['1::2:3:4:5', '1::2:3:4:5', '1:0:0:0::/64'],
  ['::1:2:3:4:5:6', '::1:2:3:4:5:6', '0:0:1:2::/64'],
  ['64:ff9b::192.0.2.1', '64:ff9b::c000:201', '64:ff9b:0:0::/64'],
  ['::192.0.2.1', '::192.0.2.1', '0:0:0:0::/64'],
  ['::1', '::1', '0:0:0:0::/64'],
  ['::', '::', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80::1', 'fe80:0:0:0::/64'],
  ['fe80::1%no-such-zone', 'fe80::1', 'fe80:0:0:0::/64'],
])('the address %s is written %s, and counted as %s', (text, canonical, key) => {
  expect(canonicalAddress(text)).toBe(canonical)
  expect(addressKey(canonical)).toBe(key)
})

test.each([
  '',
  'unknown',
  '_hidden',
  '192.0.2',
  '192.0.2.256',
  '010.0.0.1',
  ' 192.0.2.1',
  '1::2::3',
  '[::1]',
  '12345::',
])('no address: %s', (text) => {
  expect(canonicalAddress(text)).toBeNull()
})

test('who has no address shares one key with all others who have none', () => {
  expect(addressKey('')).toBe('unknown')
})

test.each([
  ['127.0.0.1', true],
  ['127.8.8.8', true],
  ['::1', true],
  ['128.0.0.1', false],
  ['::2', false],
  ['', false],
])('whether %s is this machine: %s', (address, is) => {
  expect(isLoopback(address)).toBe(is)
})
