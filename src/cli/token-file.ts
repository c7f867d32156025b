/**
 * The file behind `--token-file`: who may come in.
 *
 * @module
 */
import { createHash, createHmac, randomBytes } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { usage } from './usage.ts'

/** Room for ten thousand tokens; a mistyped path must not fill the memory. */
const LARGEST_FILE = 1_048_576

/** What can stand behind `Bearer` (RFC 6750 section 2.1): anything else could never be sent. */
const TOKEN = /^[A-Za-z0-9._~+/-]{1,4096}={0,2}$/

/** The tokens of a file. */
export interface TokenFile {
  /** Who has this token, or `null`. */
  principalOf(token: string): string | null
  /** Whether every account of the machine can read the file. */
  readonly readableByAll: boolean
  /**
   * Reads the file again, and resolves with the principals that lost a token. Rejects `bad_option`, and then everything is
   * as before.
   */
  reload(): Promise<readonly string[]>
}

/** Reads a token file: one `TOKEN [PRINCIPAL]` a line, `#` begins a comment. Rejects `bad_option`. */
export async function openTokenFile(path: string): Promise<TokenFile> {
  // A keyed digest is what tokens are looked up by. How long a comparison takes tells something about digests alone, and
  // without the key nobody can choose those.
  const key = randomBytes(32)
  const digest = (token: string): string => createHmac('sha256', key).update(token).digest('base64')
  let { principals, readableByAll } = await load(path, digest)
  return {
    get readableByAll() {
      return readableByAll
    },
    principalOf: (token) => principals.get(digest(token)) ?? null,
    async reload() {
      const before = principals
      ;({ principals, readableByAll } = await load(path, digest))
      const lost = [...before].filter(([token, principal]) => principals.get(token) !== principal)
      return [...new Set(lost.map(([, principal]) => principal))]
    },
  }
}

interface Loaded {
  readonly principals: ReadonlyMap<string, string>
  readonly readableByAll: boolean
}

async function load(path: string, digest: (token: string) => string): Promise<Loaded> {
  const { text, mode } = await contentOf(path)
  const principals = new Map<string, string>()
  for (const [index, line] of text.split('\n').entries()) {
    const words = line.trim()
    if (words === '' || words.startsWith('#')) continue
    const [token = '', principal, ...rest] = words.split(/\s+/)
    if (!TOKEN.test(token) || rest.length > 0)
      throw usage(`Line ${index + 1} of the token file is not TOKEN [PRINCIPAL].`)
    const known = digest(token)
    if (principals.has(known)) throw usage(`Line ${index + 1} of the token file repeats a token.`)
    principals.set(known, principal ?? namedAfter(token))
  }
  if (principals.size === 0) throw usage('The token file holds no token.')
  // Windows has no such bits, and says 0666 for every file.
  return { principals, readableByAll: process.platform !== 'win32' && (mode & 0o004) !== 0 }
}

/** By the token and not by its line: what belongs to a principal must not change hands when a line is added. */
function namedAfter(token: string): string {
  return `token-${createHash('sha256').update(token).digest('hex').slice(0, 16)}`
}

async function contentOf(path: string): Promise<{ readonly text: string; readonly mode: number }> {
  try {
    const file = await stat(path)
    if (file.isFile() && file.size <= LARGEST_FILE) return { text: await readFile(path, 'utf8'), mode: file.mode }
  } catch (cause) {
    throw usage('The token file cannot be read.', cause)
  }
  throw usage('The token file is not a file of at most 1 MiB.')
}
