/**
 * By which names secrets go, and what is shown in their place.
 *
 * @module
 */

const always = /authori[sz]ation|cookie|secret|passw(?:or)?d|passphrase|apikey|credential|privatekey|token$/

/** Dots, and how long the secret is to within a bucket: enough to see that it is there, empty or cut off. */
export function concealed(value: unknown): string {
  if (typeof value !== 'string') return '••••'
  const bucket = [0, 8, 32, 128].find((longest) => value.length <= longest)
  return bucket === undefined ? '•••• >128' : `•••• ≤${bucket}`
}

/**
 * Whether a field of this name is a secret, in whatever case and with whatever between its words. Counts of tokens are none: half of
 * what a model answers is about them.
 */
export function isSecret(name: string, value: unknown): boolean {
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, '')
  if (always.test(plain)) return true
  if (!plain.includes('token') || typeof value === 'number') return false
  return typeof value !== 'string' || !/^\d{1,15}$/.test(value)
}
