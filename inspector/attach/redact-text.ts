/**
 * Secrets inside a text: credentials in front of a host, the values of a query, bearer and JSON web tokens, and whatever stands behind
 * the name of a secret. Where it is not clear how far one goes, more is taken away rather than less.
 *
 * @module
 */
import { concealed, isSecret } from './secrets.ts'

const jsonWebToken = /eyJ[\w-]{6,}(?:\.[\w-]*){0,2}/g
const address = /([a-z][a-z0-9+.-]{0,20}:\/\/)([^\s/?#"'<>]*@)?([^\s?#"'<>]*)(\?[^\s#"'<>]*)?(#[^\s"'<>]*)?/gi
const relativeQuery = /\?(?=[\w.~%[\]-]{1,80}=)[^\s#"'<>]*/g
const bearer = /\b(bearer\s+)([^\s"',;<>]+)/gi
/** Base64, not the next word of a sentence. */
const basic = /\b(basic\s+)(?=\S*[0-9A-Z=])([\w+/=-]{6,})/gi

/** A credential of a header goes on to the end of its line. */
const header = /((?:authori[sz]ation|cookie)\s*[:=][^\S\r\n]*)([^\s"'`[{\\•][^\r\n]*)/gi

/** A name, what stands between it and its value, and the value: escaped, quoted, structured, or a bare word. */
const named =
  /((?:authori[sz]ation|cookie|secret|passw(?:or)?d|passphrase|api[-_ ]?key|credential|private[-_ ]?key|token)[\w-]{0,40})(\\*["'`]?\s*[:=]\s*)(\\+["'][\s\S]*|"(?:[^"\\]|\\[\s\S])*"?|'(?:[^'\\]|\\[\s\S])*'?|[[{][\s\S]*|[^\s,;&}\])"']+)/gi

function concealQuery(query: string | undefined): string {
  if (query === undefined || query === '?') return query ?? ''
  return `?${query
    .slice(1)
    .split('&')
    .map((pair) => (pair.includes('=') ? `${pair.slice(0, pair.indexOf('='))}=••••` : '••••'))
    .join('&')}`
}

function concealAddress(
  _all: string,
  scheme: string,
  user: string | undefined,
  rest: string,
  query: string | undefined,
  fragment: string | undefined,
): string {
  return `${scheme}${user === undefined ? '' : '••••@'}${rest}${concealQuery(query)}${fragment === undefined ? '' : '#••••'}`
}

function concealNamed(all: string, name: string, between: string, value: string): string {
  const quote = /^\\*["']/.exec(value)?.[0] ?? ''
  const bare = value.slice(quote.length).replace(/["']$/, '')
  const isShown = value.startsWith('•') || !isSecret(name, bare)
  return isShown ? all : `${name}${between}${quote}${concealed(bare)}${quote}`
}

/**
 * The text without its secrets.
 *
 * @example
 * withoutSecrets('GET https://me:pass@host/x?key=1') // 'GET https://••••@host/x?key=••••'
 */
export function withoutSecrets(text: string): string {
  return text
    .replace(jsonWebToken, concealed)
    .replace(address, concealAddress)
    .replace(relativeQuery, concealQuery)
    .replace(header, (_all, name: string, secret: string) => `${name}${concealed(secret)}`)
    .replace(bearer, (_all, scheme: string, secret: string) => `${scheme}${concealed(secret)}`)
    .replace(basic, (_all, scheme: string, secret: string) => `${scheme}${concealed(secret)}`)
    .replace(named, concealNamed)
}

/** The beginning of a text, up to the end of a word: half an address has lost the `@` that tells the password in it. */
export function beginningOf(text: string, length: number): string {
  if (text.length <= length) return text
  return `${text.slice(0, length).replace(/[^\s"',;<>]*$/, '')}…`
}
