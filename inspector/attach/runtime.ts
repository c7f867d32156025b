/**
 * Where the app runs. Nothing here is read at import.
 *
 * @module
 */

/** Whether this is a production build. Written out, as bundlers put the value in its place. */
export function isProduction(): boolean {
  try {
    return process.env.NODE_ENV === 'production'
  } catch {
    return false
  }
}

export function runtimeName(): 'node' | 'browser' | 'other' {
  if (typeof document === 'object') return 'browser'
  return typeof process === 'object' && typeof process.versions?.node === 'string' ? 'node' : 'other'
}

/** A name for an app that gives none: the file a process runs, the title of a page. */
export function appName(): string {
  if (typeof document === 'object') return document.title || location.host || 'page'
  const file = typeof process === 'object' ? process.argv?.[1] : undefined
  return file?.split(/[\\/]/).at(-1) ?? 'app'
}

/** The address that `statewire inspect` prints. */
export function inspectorAddress(): string | undefined {
  try {
    return process.env.STATEWIRE_INSPECT
  } catch {
    return undefined
  }
}
