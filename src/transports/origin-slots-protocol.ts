/**
 * Which version of HTTP an origin speaks, as far as the page has seen: no answer says it, but the browser keeps a list.
 *
 * @module
 */

/** ALPN names (RFC 7301): `h2`, `h3`, and their drafts. */
const MULTIPLEXED = /^h[23]/

/** Whether this is a browser, page or worker: there a host gets six connections. */
export function isPage(): boolean {
  return 'document' in globalThis || 'WorkerGlobalScope' in globalThis
}

/** Whether an answer of this origin came over HTTP/2 or 3. Of another origin only those with `Timing-Allow-Origin` say it. */
export function speaksHttp2(origin: string): boolean {
  // No browser speaks it without TLS.
  if (!origin.startsWith('https:')) return false
  return ['navigation', 'resource'].some((type) =>
    performance.getEntriesByType(type).some((entry) => entry.name.startsWith(`${origin}/`) && isMultiplexed(entry)),
  )
}

function isMultiplexed(entry: PerformanceEntry): boolean {
  return 'nextHopProtocol' in entry && MULTIPLEXED.test(String(entry.nextHopProtocol))
}

/** Calls back when the browser has learnt of another answer. Returns what stops it. */
export function whenProtocolsChange(changed: () => void): () => void {
  if (typeof PerformanceObserver === 'undefined') return () => {}
  const observer = new PerformanceObserver((list) => {
    if (list.getEntries().some(isMultiplexed)) changed()
  })
  observer.observe({ type: 'resource' })
  return () => observer.disconnect()
}
