/**
 * The token that lets this page in. It comes in the fragment, which no server and no log sees; it is taken once, and gone.
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

/** Reads the fragment and removes it from the address bar and from the history. A deep link, which has no token, stays. */
export function takeToken(): Given {
  const given = givenIn(location.hash)
  if (given.token !== null) history.replaceState(null, '', `${location.pathname}${location.search}`)
  return given
}
