/**
 * IP addresses as keys of limits.
 *
 * @module
 */

import { isIP, isIPv4, SocketAddress } from 'node:net'

const MAPPED = '::ffff:'

/**
 * The one way to write this address, or `null` when it is none. A socket that listens on `::` names IPv4 peers
 * `::ffff:192.0.2.1`: they become plain IPv4, or each of them would be somebody else on another listener. A zone (`%eth0`) goes.
 */
export function canonicalAddress(text: string): string | null {
  const family = isIP(text)
  if (family !== 6) return family === 4 ? text : null
  const { address } = new SocketAddress({ address: text, family: 'ipv6' })
  const inner = address.slice(MAPPED.length)
  return address.startsWith(MAPPED) && isIPv4(inner) ? inner : address
}

/**
 * What the limits of an address go by: an IPv6 customer is given a whole /64 and may use another address for each packet.
 * `unknown` where there is no address: those share one.
 */
export function addressKey(canonical: string): string {
  if (isIPv4(canonical)) return canonical
  if (isIP(canonical) === 0) return 'unknown'
  const [head = '', tail = ''] = canonical.split('::')
  const before = groups(head)
  const zeros = canonical.includes('::') ? 8 - before.length - groups(tail).length : 0
  const all = [...before, ...Array<string>(zeros).fill('0'), ...groups(tail)]
  return `${all.slice(0, 4).join(':')}::/64`
}

/** An embedded IPv4 ending stands for two groups, both of them in the half that does not count. */
function groups(text: string): string[] {
  if (text === '') return []
  return text.split(':').flatMap((group) => (group.includes('.') ? [group, group] : [group]))
}

/** Whether the peer is this machine. */
export function isLoopback(canonical: string): boolean {
  return canonical === '::1' || (isIPv4(canonical) && canonical.startsWith('127.'))
}
