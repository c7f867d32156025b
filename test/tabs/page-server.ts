/**
 * Serves the page of a tab.
 *
 * @module
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { onTestFinished } from 'vitest'

/** Resolves with its origin, which is not that of the stream; it is gone when the test is over. */
export async function servePage(script: string): Promise<string> {
  const page = `<!doctype html><meta charset="utf-8"><title>tab</title><script type="module">${script}</script>`
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html', 'cache-control': 'no-store' }).end(page)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** The page's module and all of statewire that it uses, as one script for every engine. */
export async function tabScript(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('./page/tab.ts', import.meta.url))],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  })
  // The parser of HTML looks for the end of a script even inside of strings.
  return (outputFiles[0]?.text ?? '').replaceAll('</script', '<\\/script')
}
