/**
 * The test projects of browser mode: one per engine, because a project has one provider.
 *
 * @module
 */
import { svelte } from '@sveltejs/vite-plugin-svelte'
import vue from '@vitejs/plugin-vue'
import { playwright } from '@vitest/browser-playwright'
import type { TestProjectInlineConfiguration } from 'vitest/config'
import type { BrowserProviderOption } from 'vitest/node'
import { chromiumFile, chromiumFlags, type EngineName, firefoxFile, webKitFiles } from './installed.ts'
import { webKit } from './webkit-provider.ts'

/** A suite that every engine runs, and Node too: the same lines against the same server. */
const sharedTests = 'test/transports/**/*.shared.test.ts'

/** A suite that needs a browser. */
const browserTests = '{src,machines,inspector,test}/**/*.browser.test.{ts,tsx}'

/**
 * CI has a quarter of an hour: there the suites of the frameworks run in one engine, those of the inspector's panels in none, and the shared
 * suite, which takes three minutes of Firefox, in the other two. By hand everything runs everywhere.
 */
const screenTests = ['test/{react,vue,svelte,embedding}/**', 'test/inspector/panels/**']
const leftOutInCI: Readonly<Record<EngineName, string[]>> = {
  chromium: ['test/inspector/panels/**'],
  firefox: [...screenTests, sharedTests],
  webkit: screenTests,
}

/** The projects of the engines that are installed. */
export function browserProjects(): readonly TestProjectInlineConfiguration[] {
  const projects: TestProjectInlineConfiguration[] = []
  const chromium = chromiumFile()
  const firefox = firefoxFile()
  const webkit = webKitFiles()
  if (chromium) {
    projects.push(
      project('chromium', playwright({ launchOptions: { executablePath: chromium, args: [...chromiumFlags] } })),
    )
  }
  if (firefox) {
    // The plain `firefox` of Playwright speaks to its own patched build; this channel speaks WebDriver BiDi to any.
    const launchOptions = { channel: 'moz-firefox', executablePath: firefox }
    projects.push(project('firefox', playwright({ launchOptions })))
  }
  if (webkit) projects.push(project('webkit', webKit(webkit)))
  return projects
}

function project(engine: EngineName, provider: BrowserProviderOption): TestProjectInlineConfiguration {
  return {
    plugins: [vue(), svelte({ configFile: false })],
    // Found while a test runs, a dependency makes Vite reload the page and the test starts over.
    optimizeDeps: {
      include: [
        'xstate',
        '@preact/signals',
        '@xstate/react',
        '@xstate/svelte',
        '@xstate/vue',
        'axe-core',
        'pinia',
        'preact',
        'preact/hooks',
        'preact/jsx-dev-runtime',
        'preact/test-utils',
        'react',
        'react-dom/client',
        'react-dom18/client',
        'react18',
        'svelte',
        'svelte/store',
        'vue',
        '@dagrejs/dagre',
        'eventsource-parser',
        'jose',
        'valibot',
        'zod',
        'zod/mini',
      ],
    },
    test: {
      name: engine,
      include: [sharedTests, browserTests],
      ...(process.env.CI === 'true' && { exclude: leftOutInCI[engine] }),
      testTimeout: 60_000,
      // A second, the default, is nothing on a machine that runs three engines at once.
      expect: { poll: { timeout: 10_000 } },
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        provider,
        instances: [{ browser: engine, name: engine }],
      },
    },
  }
}
