/**
 * The page's files over HTTP. What is in the directory when the hub starts is all there is: no path of a request ever meets
 * the file system.
 *
 * @module
 */
import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { extname, join, relative, sep } from 'node:path'
import { refusals, refuse, standingHeaders } from './refusal.ts'

const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
}

/** Pages of this machine, by the names that such a source may have: CSP knows no address of IPv6. */
const holdersHere = ['http://127.0.0.1:*', 'http://localhost:*']

/** Who holds the page in a frame is who tells it something, and these doors of the page never lead to the hub. */
const heldDoors: ReadonlySet<string> = new Set(['/?standard', '/?window'])

export interface PageFiles {
  /** Answers a GET or HEAD. `host`: the name the page was asked by, port included; it has been checked. */
  answer(response: ServerResponse, asked: Pick<URL, 'pathname' | 'search'>, host: string): void
}

/**
 * Lists the directory. Rejects when it cannot be read or has no `index.html`.
 *
 * @param origins - pages elsewhere that may hold the page in a frame, through a door that never leads to the hub
 */
export async function pageFiles(directory: string, origins: readonly string[] = []): Promise<PageFiles> {
  const holders = [...holdersHere, ...origins.filter(isOrigin)].join(' ')
  const found = await readdir(directory, { recursive: true, withFileTypes: true })
  const files = new Map<string, string>()
  for (const entry of found) {
    const file = join(entry.parentPath, entry.name)
    // Links are left out: they may lead anywhere.
    if (entry.isFile()) files.set(`/${relative(directory, file).split(sep).join('/')}`, file)
  }
  const index = files.get('/index.html')
  if (index === undefined) throw new Error('The directory of the page has no index.html.')
  files.set('/', index)

  return {
    answer(response, { pathname, search }, host) {
      const file = files.get(pathname)
      if (file === undefined) return refuse(response, refusals.unknown)
      const type = contentTypes[extname(file)] ?? 'application/octet-stream'
      const policy = policyFor(host, heldDoors.has(pathname + search) ? holders : "'none'")
      const headers = { ...standingHeaders, 'content-type': type, 'content-security-policy': policy }
      const content = createReadStream(file)
      // Before the first byte: a file that went away since is answered like one that never was.
      content.once('error', () => {
        if (response.headersSent) response.destroy()
        else refuse(response, refusals.unknown)
      })
      content.once('open', () => {
        response.writeHead(200, headers)
        content.pipe(response)
      })
      response.once('close', () => content.destroy())
    },
  }
}

/** Whatever else somebody lists would become a part of the policy. */
function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text
}

/** The socket is named: not every browser takes `'self'` for `ws:` too. */
function policyFor(host: string, holders: string): string {
  return [
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    `connect-src 'self' ws://${host}`,
    "object-src 'none'",
    "base-uri 'none'",
    `frame-ancestors ${holders}`,
  ].join('; ')
}
