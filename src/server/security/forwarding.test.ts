import { describe, expect, test } from 'vitest'
import { clientOf, trustedProxiesFrom } from './forwarding.ts'
import { request } from './testing/gate-rig.ts'

const PROXY = '10.0.0.1'
const trusts = trustedProxiesFrom(['10.0.0.0/8', '::1', 'fd00::/8'])

const addressOf = (headers: Record<string, string>, peer = PROXY) =>
  clientOf(request(headers, { peer }), trusts).address

describe('the address of a client', () => {
  test.each([
    ['nothing', undefined, PROXY],
    ['one', '198.51.100.7', '198.51.100.7'],
    ['one with a port', '198.51.100.7:4711', '198.51.100.7'],
    ['IPv6', '2001:DB8::1', '2001:db8::1'],
    ['IPv6 with a port', '[2001:db8::1]:4711', '2001:db8::1'],
    ['mapped IPv4', '::ffff:198.51.100.7', '198.51.100.7'],
    ['a forged one before the true one', '127.0.0.1, 198.51.100.7', '198.51.100.7'],
    ['a second trusted proxy', '198.51.100.7, 10.0.0.2', '198.51.100.7'],
    ['a forged one before a second trusted proxy', '10.9.9.9,127.0.0.1 ,198.51.100.7,  10.0.0.2', '198.51.100.7'],
    ['trusted proxies alone', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['a name that is no address', 'unknown', PROXY],
    ['a forged one before a name that is no address', '198.51.100.7, _secret', PROXY],
    ['a trusted proxy that does not know', 'unknown, 10.0.0.2', '10.0.0.2'],
    ['an unclosed bracket', '[2001:db8::1', PROXY],
    ['nothing but commas', ',,,', PROXY],
    ['a row of 4,000', Array(4000).fill('198.51.100.7').join(','), '198.51.100.7'],
  ])('behind a trusted proxy that forwards %s', (_what, value, address) => {
    expect(addressOf(value === undefined ? {} : { 'x-forwarded-for': value })).toBe(address)
  })

  test.each([
    ['for=198.51.100.7', '198.51.100.7'],
    ['for="[2001:db8::1]:4711";proto=https;by=10.0.0.1', '2001:db8::1'],
    ['For="198.51.100.7:80"', '198.51.100.7'],
    ['for=127.0.0.1, for=198.51.100.7;proto=https, for=10.0.0.2', '198.51.100.7'],
    ['for="127.0.0.1, for=198.51.100.7', '198.51.100.7'],
    ['for=_hidden', PROXY],
    ['proto=https', PROXY],
    ['for', PROXY],
    ['=;=,;', PROXY],
  ])('by RFC 7239: %s', (value, address) => {
    expect(addressOf({ forwarded: value })).toBe(address)
  })

  test('is the proxy itself where the two headers differ: one of them came from the client', () => {
    expect(addressOf({ 'x-forwarded-for': '198.51.100.7', forwarded: 'for=198.51.100.8' })).toBe(PROXY)
    expect(addressOf({ 'x-forwarded-for': '198.51.100.7', forwarded: 'for=198.51.100.7' })).toBe('198.51.100.7')
  })

  test.each(['203.0.113.1', '9.255.255.255', '11.0.0.0', '::2', 'fe00::1', ''])(
    'B62: is what the socket says when %s is not trusted, whatever it forwards',
    (peer) => {
      const forwarded = { 'x-forwarded-for': '127.0.0.1', forwarded: 'for=127.0.0.1', 'x-forwarded-proto': 'https' }
      const client = clientOf(request({ ...forwarded, 'x-forwarded-host': 'evil.example' }, { peer }), trusts)
      expect(client).toEqual({ address: peer, host: 'stream.example', encrypted: false, confidential: false })
    },
  )

  test('a proxy that is seen as mapped IPv4 is the one that is trusted', () => {
    expect(addressOf({ 'x-forwarded-for': '198.51.100.7' }, '::ffff:10.0.0.1')).toBe('198.51.100.7')
  })
})

describe('what a trusted proxy says of the request', () => {
  test.each([
    [{}, 'stream.example'],
    [{ 'x-forwarded-host': 'app.example' }, 'app.example'],
    [{ 'x-forwarded-host': 'app.example, inner.example' }, 'app.example'],
    [{ forwarded: 'for=198.51.100.7;host="app.example:8443"' }, 'app.example:8443'],
    [{ ':authority': 'h2.example' }, 'h2.example'],
  ])('the host of %j is %s', (headers, host) => {
    expect(clientOf(request(headers, { peer: PROXY }), trusts).host).toBe(host)
  })

  test.each([
    ['https', undefined, true],
    ['HTTPS', undefined, true],
    ['wss', undefined, true],
    ['http', undefined, false],
    ['', undefined, false],
    ['https,http', undefined, true],
    ['http,https', undefined, false],
    [undefined, 'for=198.51.100.7;proto=https', true],
    [undefined, 'for=198.51.100.7;proto=http', false],
    ['https', 'for=198.51.100.7;proto=http', false],
    [undefined, undefined, false],
  ])('X-Forwarded-Proto %s and Forwarded %s: encrypted is %s', (proto, forwarded, encrypted) => {
    const headers = {
      'x-forwarded-for': '198.51.100.7',
      ...(proto === undefined ? {} : { 'x-forwarded-proto': proto }),
      ...(forwarded === undefined ? {} : { forwarded }),
    }
    expect(clientOf(request(headers, { peer: PROXY }), trusts)).toMatchObject({ encrypted, confidential: encrypted })
  })
})

describe('who can have read a request', () => {
  const told = { 'x-forwarded-for': '198.51.100.7', 'x-forwarded-proto': 'http' }
  test.each([
    ['a TLS socket', { encrypted: true }, {}, true],
    ['a plain socket', {}, {}, false],
    ['a plain socket on this machine', { peer: '127.0.0.1' }, {}, true],
    ['a trusted proxy over TLS that says nothing', { peer: PROXY, encrypted: true }, {}, true],
    ['a trusted proxy over TLS that was asked over plain HTTP', { peer: PROXY, encrypted: true }, told, false],
    ['a trusted proxy on this machine that says nothing', { peer: '::1' }, {}, true],
    ['a trusted proxy on this machine that was asked over plain HTTP', { peer: '::1' }, told, false],
    [
      'a trusted proxy that was asked from its own machine',
      { peer: PROXY },
      { ...told, 'x-forwarded-for': '::1' },
      true,
    ],
  ])('%s', (_what, more, headers, confidential) => {
    expect(clientOf(request(headers, more), trusts).confidential).toBe(confidential)
  })
})

test.each([
  '',
  'proxy.example',
  '10.0.0.0/33',
  '10.0.0.0/-1',
  '10.0.0.0/',
  '10.0.0.0/8/8',
  '10.0.0/8',
  '::/129',
  '::ffff:10.0.0.0/104',
  '*',
])('an operator cannot trust %s', (entry) => {
  expect(() => trustedProxiesFrom([entry])).toThrow('A trusted proxy is an address or a CIDR block')
})

test.each([
  ['10.0.0.1', '10.0.0.1', true],
  ['10.0.0.1', '10.0.0.2', false],
  ['::ffff:10.0.0.1', '10.0.0.1', true],
  ['192.168.128.0/17', '192.168.127.255', false],
  ['192.168.128.0/17', '192.168.255.255', true],
  ['2001:db8::/32', '2001:db8:ffff::1', true],
  ['2001:db8::/32', '2001:db9::1', false],
  ['0.0.0.0/0', '203.0.113.1', true],
])('trusting %s means that %s is trusted: %s', (entry, address, trusted) => {
  expect(trustedProxiesFrom([entry])(address)).toBe(trusted)
})
