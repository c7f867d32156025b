/**
 * The token that lets this page in. It comes in the fragment, which no server and no log sees; it is taken once, and gone. What to
 * look at may come with it, as `at`, and stays.
 *
 * @module
 */
export interface Given {
  /** Lets the page in; `null` when the address had none. */
  readonly token: string | null
  /** Lets apps in, to be shown in the lines to attach; `null` when the page was not given it. */
  readonly appToken: string | null
}

export function givenIn(hash: string): Given {
  const parameters = new URLSearchParams(hash.replace(/^#/, ''))
  return { token: parameters.get('token'), appToken: parameters.get('app') }
}

/** The deep link of a fragment, which stands there alone or beside a token, as it is written; `''` when there is none. */
export function placeIn(hash: string): string {
  const text = hash.replace(/^#/, '')
  // The parts of a deep link are written without `=`.
  return text.includes('=') ? (/(?:^|&)at=([^&]*)/.exec(text)?.[1] ?? '') : text
}

/** Reads the fragment, and leaves of it in the address bar and in the history only what to look at. */
export function takeToken(): Given {
  const given = givenIn(location.hash)
  if (given.token !== null) {
    const place = placeIn(location.hash)
    history.replaceState(null, '', `${location.pathname}${location.search}${place === '' ? '' : `#${place}`}`)
  }
  return given
}

const isToken = (text: string): boolean => /^[\w-]{16,256}$/.test(text)

/** The fragment that lets the page in, out of what somebody has pasted: an address or a token. `null`: it has none. */
export function fragmentIn(text: string): string | null {
  const given = text.trim()
  const hash = given.indexOf('#')
  const { token, appToken } = hash === -1 ? { token: given, appToken: null } : givenIn(given.slice(hash))
  if (token === null || !isToken(token)) return null
  return appToken === null || !isToken(appToken) ? `token=${token}` : `token=${token}&app=${appToken}`
}

/** Loads the page again, with a token and with what it looks at now. */
export function letIn(fragment: string): void {
  const place = placeIn(location.hash)
  history.replaceState(null, '', `#${fragment}${place === '' ? '' : `&at=${place}`}`)
  location.reload()
}
