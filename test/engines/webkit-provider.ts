/**
 * Vitest's browser mode on WebKitGTK. The packaged providers cannot: Playwright wants its own patched WebKit, which is a
 * download, and the WebDriver one asks every WebKit for the browser name `safari`, which WebKitGTK refuses.
 *
 * @module
 */
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { defineBrowserProvider } from '@vitest/browser'
import type { BrowserProvider, BrowserProviderOption, TestProject } from 'vitest/node'
import type { WebKitFiles } from './installed.ts'
import { startWebKit, type WebKitBrowser } from './webkit-browser.ts'

declare module 'vitest/browser' {
  interface BrowserCommands {
    /** Called by Vitest's own page before each file; the types name it nowhere. */
    __vitest_viewport(size: { width: number; height: number }): Promise<void>
  }
}

/** The `browser.provider` of a project with the single instance `{ browser: 'webkit' }`. */
export function webKit(files: WebKitFiles): BrowserProviderOption {
  return defineBrowserProvider({
    name: 'webkitgtk',
    supportedBrowser: ['webkit'],
    providerFactory: (project) => new WebKitProvider(project, files),
  })
}

/** The preview provider's script gives `page.getByRole()` and the like, acting by DOM events. */
const locators = join(
  dirname(createRequire(import.meta.url).resolve('@vitest/browser-preview/package.json')),
  'dist/locators.js',
)

class WebKitProvider implements BrowserProvider {
  readonly name = 'webkitgtk'
  /** One session has one window. */
  readonly supportsParallelism = false
  readonly initScripts = [locators]
  readonly #files: WebKitFiles
  #browser: Promise<WebKitBrowser> | undefined

  constructor(project: TestProject, files: WebKitFiles) {
    this.#files = files
    // Vitest sets the frame's size by style; the window need not follow.
    project.browser?.registerCommand('__vitest_viewport', async () => {})
  }

  getCommandsContext(): Record<string, unknown> {
    return {}
  }

  async openPage(_sessionId: string, url: string): Promise<void> {
    this.#browser ??= startWebKit(this.#files)
    const browser = await this.#browser
    await browser.navigate(url)
  }

  async close(): Promise<void> {
    const starting = this.#browser
    this.#browser = undefined
    // What failed to start has cleaned up after itself and was reported by openPage.
    const browser = await starting?.catch(() => undefined)
    await browser?.close()
  }
}
