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

export interface PageFiles {
  /** Answers a GET or HEAD. `host`: the name the page was asked by, port included; it has been checked. */
  answer(response: ServerResponse, path: string, host: string): void
}

/** Lists the directory. Rejects when it cannot be read or has no `index.html`. */
export async function pageFiles(directory: string): Promise<PageFiles> {
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
    answer(response, path, host) {
      const file = files.get(path)
      if (file === undefined) return refuse(response, refusals.unknown)
      const type = contentTypes[extname(file)] ?? 'application/octet-stream'
      const headers = { ...standingHeaders, 'content-type': type, 'content-security-policy': policyFor(host) }
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

/** The socket is named: not every browser takes `'self'` for `ws:` too. */
function policyFor(host: string): string {
  return [
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    `connect-src 'self' ws://${host}`,
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}
