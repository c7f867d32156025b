/**
 * Runs an example: `node docs/examples/run.ts react [--port 4401]`. A page is served by Vite with the server it talks to behind it, on one port
 * of this machine; `node` runs in the terminal.
 *
 * @module
 */
import { existsSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { registerHooks } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { createServer as createVite, type PluginOption, type ViteDevServer } from 'vite'
import { type BackendOptions, createBackend } from './backend.ts'
import { sources } from './sources.ts'

export interface ExampleOptions extends BackendOptions {
  /** Default 0: any free one. */
  readonly port?: number | undefined
  /** Reload the page when its files change. Default `false`. */
  readonly watch?: boolean | undefined
}

/** A page that is being served. */
export interface Example {
  readonly url: string
  /** How many sockets carry a room at this moment. */
  sockets(): number
  /** Destroys them, as the page's own button does. @returns how many there were. */
  cut(): number
  /** Ends every connection and leaves no handle behind. */
  close(): Promise<void>
}

const folder = new URL('./', import.meta.url)
const repository = fileURLToPath(new URL('../../', import.meta.url))

/** What compiles an example, where a bare Vite does not. */
const plugins: Readonly<Record<string, () => Promise<PluginOption>>> = {
  react: async () => (await import('@vitejs/plugin-react')).default(),
  vue: async () => (await import('@vitejs/plugin-vue')).default(),
  svelte: async () => (await import('@sveltejs/vite-plugin-svelte')).svelte({ configFile: false }),
}

/**
 * Serves the example in the folder of this name.
 *
 * @throws Error when there is no such page.
 * @example
 * const example = await startExample('react', { port: 0, tokenMs: 5 })
 * await page.goto(example.url)
 */
export async function startExample(name: string, options: ExampleOptions = {}): Promise<Example> {
  if (!/^[a-z]+$/.test(name) || !existsSync(new URL(`${name}/index.html`, folder)))
    throw new Error(`There is no page docs/examples/${name}/index.html.`)
  const { port = 0, watch = false } = options
  const backend = createBackend(options)
  let vite: ViteDevServer | null = null
  const http = createServer(async (request, response) => {
    if (await backend.handle(request, response)) return
    vite?.middlewares(request, response)
  })
  vite = await serveFolder(name, http, watch)
  http.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    const isVite = request.headers['sec-websocket-protocol'] === 'vite-hmr'
    if (!isVite && !backend.upgrade(request, socket, head)) socket.destroy()
  })
  return {
    url: await listen(http, port),
    sockets: backend.sockets,
    cut: backend.cut,
    async close() {
      await backend.close()
      await vite.close()
      const closed = new Promise((resolve) => http.close(resolve))
      http.closeAllConnections()
      await closed
    },
  }
}

async function serveFolder(name: string, http: Server, watch: boolean): Promise<ViteDevServer> {
  return createVite({
    configFile: false,
    root: fileURLToPath(new URL(`${name}/`, folder)),
    cacheDir: `${repository}/test/artefacts/vite/${name}`,
    appType: 'spa',
    logLevel: 'warn',
    plugins: [await plugins[name]?.()],
    resolve: {
      alias: [...sources].map(([entry, file]) => ({ find: new RegExp(`^${entry}$`), replacement: file })),
    },
    // What only a later import() needs would otherwise be found while the page runs, and the page reloaded.
    optimizeDeps: { include: ['xstate', 'zod/mini'] },
    server: {
      middlewareMode: true,
      fs: { allow: [repository] },
      // On our own port: two examples side by side would fight for Vite's.
      hmr: { server: http },
      ...(watch ? {} : { watch: null }),
    },
  })
}

async function listen(http: Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject)
    http.listen(port, '127.0.0.1', () => {
      http.off('error', reject)
      resolve()
    })
  })
  const address = http.address()
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : port}/`
}

/** Node finds the sources of this repository where a user's Node finds the package. */
function resolveToSources(): void {
  registerHooks({
    resolve(specifier, context, next) {
      const file = sources.get(specifier)
      return next(file === undefined ? specifier : pathToFileURL(file).href, context)
    },
  })
}

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { port: { type: 'string' } } })
  const [name = ''] = positionals
  const port = Number(values.port ?? 0)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) return refuse('A port is a whole number from 0 to 65535.')
  if (name === 'node') {
    resolveToSources()
    await import('./node/main.ts')
    return
  }
  try {
    const { close, url } = await startExample(name, { port, watch: true })
    console.log(`The ${name} example is live; Ctrl+C stops it.\n${url}`)
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void close())
  } catch (error) {
    refuse(error instanceof Error ? error.message : String(error))
  }
}

function refuse(why: string): void {
  console.error(`${why}\nnode docs/examples/run.ts react | vue | svelte | plain | node [--port N]`)
  process.exitCode = 2
}

if (import.meta.main) await main()
