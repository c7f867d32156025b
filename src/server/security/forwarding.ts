/**
 * Whom a request comes from when proxies stand between.
 *
 * What a proxy wrote is believed only of proxies that the operator named: anybody can send `X-Forwarded-For`.
 *
 * @module
 */

import type { IncomingHttpHeaders } from 'node:http'
import { BlockList, isIPv4, isIPv6 } from 'node:net'
import { canonicalAddress, isLoopback } from './address.ts'
import { headerText, type RequestFacts } from './request-facts.ts'

/** Whom we deal with, as far as proxies are believed. */
export interface Client {
  /** Canonical; `''` when nobody knows. */
  readonly address: string
  /** The host and port it asked for, as it wrote them. */
  readonly host: string | undefined
  /** It reached us, or the first proxy, over TLS. */
  readonly encrypted: boolean
  /** Nobody but this machine and proxies that are trusted can have read what it sent. */
  readonly confidential: boolean
}

/** Whether this canonical address is one of a proxy whose word is taken. */
export type TrustedProxies = (address: string) => boolean

/**
 * Reads `trustedProxies`.
 *
 * @throws Error for what is neither an address nor a CIDR block.
 */
export function trustedProxiesFrom(list: readonly string[]): TrustedProxies {
  if (list.length === 0) return () => false
  const trusted = new BlockList()
  for (const entry of list) {
    const { address, bits } = networkOf(String(entry))
    trusted.addSubnet(address, bits, familyOf(address))
  }
  return (address) => address !== '' && trusted.check(address, familyOf(address))
}

function networkOf(entry: string): { readonly address: string; readonly bits: number } {
  const [, network = '', prefix] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(entry) ?? []
  const address = canonicalAddress(network)
  const most = address !== null && isIPv4(address) ? 32 : 128
  const bits = prefix === undefined ? most : Number(prefix)
  // A mapped network has another prefix length than the IPv4 network it stands for: whoever means that one can write it.
  const isMappedNetwork = prefix !== undefined && most === 32 && !isIPv4(network)
  if (address === null || bits > most || isMappedNetwork)
    throw new Error('A trusted proxy is an address or a CIDR block, such as 10.0.0.1 or 10.0.0.0/8.')
  return { address, bits }
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4'
}

/** Finds out whom a request comes from. */
export function clientOf(facts: RequestFacts, trusts: TrustedProxies): Client {
  const { headers, encrypted } = facts
  const peer = canonicalAddress(facts.peer) ?? ''
  const host = headerText(headers, ':authority') ?? headerText(headers, 'host')
  if (!trusts(peer)) return { address: peer, host, encrypted, confidential: encrypted || isLoopback(peer) }
  const forwarded = forwardedElements(headers)
  const address = agreed(
    [listed(headers, 'x-forwarded-for'), forwarded.map((element) => element.get('for') ?? '')],
    peer,
    trusts,
  )
  const schemes = [listed(headers, 'x-forwarded-proto')[0], forwarded[0]?.get('proto')].filter(isThere)
  const overTls = schemes.length === 0 ? encrypted : schemes.every((scheme) => /^(?:https|wss)$/i.test(scheme))
  return {
    address,
    // The first is what the client asked for. No page can forge it: that takes a preflight, which does not allow the header.
    host: listed(headers, 'x-forwarded-host')[0] ?? forwarded[0]?.get('host') ?? host,
    encrypted: overTls,
    confidential: overTls || isLoopback(address) || (schemes.length === 0 && isLoopback(peer)),
  }
}

/**
 * The address that every header names. A proxy that writes one of the two passes the other on as the client sent it, so where
 * they differ one of them is a lie, and none is believed: the proxy itself is who came.
 */
function agreed(chains: readonly (readonly string[])[], peer: string, trusts: TrustedProxies): string {
  const named = new Set(chains.filter((chain) => chain.length > 0).map((chain) => nearestStranger(chain, peer, trusts)))
  const [only] = named
  return named.size === 1 && only !== undefined ? only : peer
}

/**
 * From right to left: each proxy appends whom it was asked by, so the rightmost is known best, and everything left of the first
 * who is not trusted is hearsay.
 */
function nearestStranger(chain: readonly string[], peer: string, trusts: TrustedProxies): string {
  let nearest = peer
  for (const written of chain.toReversed()) {
    if (!trusts(nearest)) break
    const address = canonicalAddress(withoutPort(written))
    // RFC 7239 section 6.3 allows `unknown` and made-up names: then the proxy that wrote it is all that is known.
    if (address === null) break
    nearest = address
  }
  return nearest
}

/** `192.0.2.1:4711` and `[2001:db8::1]:4711` are written by some proxies. */
function withoutPort(text: string): string {
  if (text.startsWith('[')) return text.slice(1, Math.max(1, text.indexOf(']')))
  const [address = '', ...port] = text.split(':')
  return port.length === 1 ? address : text
}

/**
 * RFC 7239, split at every comma. None of the values that are read may contain one, and a quotation mark that a client left open
 * must not swallow what the proxy appended.
 */
function forwardedElements(headers: IncomingHttpHeaders): readonly ReadonlyMap<string, string>[] {
  return listed(headers, 'forwarded').map((element) => {
    const pairs = element.split(';').map((pair): [string, string] => {
      const [name = '', ...value] = pair.split('=')
      return [
        name.trim().toLowerCase(),
        value
          .join('=')
          .trim()
          .replace(/^"(.*)"$/, '$1'),
      ]
    })
    return new Map(pairs)
  })
}

function listed(headers: IncomingHttpHeaders, name: string): readonly string[] {
  const text = headerText(headers, name)
  return text === undefined ? [] : text.split(',').map((item) => item.trim())
}

function isThere(text: string | undefined): text is string {
  return text !== undefined
}
