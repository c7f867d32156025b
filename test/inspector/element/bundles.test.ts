import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { buildPanel } from '../../../inspector/page/build.ts'
import { bundle } from './bundle.ts'

const source = (name: string): string => fileURLToPath(new URL(`../../../src/inspector/${name}.ts`, import.meta.url))

const entries = ['react', 'vue', 'svelte', 'element', 'always'].map(source)

interface Built {
  /** Modules of ours that are in it. */
  readonly modules: readonly string[]
  /** Of what an app loads at its start, gzipped. */
  readonly size: number
}

/** A script and all that it imports before it runs. */
function withImports(directory: string, name: string, seen = new Set<string>()): Set<string> {
  if (seen.has(name)) return seen
  seen.add(name)
  for (const [, imported = ''] of readFileSync(join(directory, name), 'utf8').matchAll(/(?:from|import)"(\.[^"]+)"/g)) {
    withImports(directory, join(dirname(name), imported), seen)
  }
  return seen
}

/** An app with one line of the panel in it, as a user's bundler makes it. */
async function builtFor(mode: 'production' | 'development', lines: string): Promise<Built> {
  const { outputFiles, metafile } = await bundle(mode, {
    stdin: { contents: lines, resolveDir: fileURLToPath(new URL('.', import.meta.url)), loader: 'tsx' },
    packages: 'external',
  })
  const used = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs))
  return {
    modules: used.filter((name) => name.includes('inspector/') && !name.includes('node_modules')),
    size: gzipSync(outputFiles.find(({ path }) => path.endsWith('stdin.js'))?.contents ?? '').length,
  }
}

const isPage = (name: string): boolean => name.includes('inspector/page/')
const isAttaching = (name: string): boolean => name.includes('inspector/attach/attach.ts')

describe('a bundle with the panel in it', () => {
  test.each(['react', 'vue'])(
    'has neither the page nor what attaches in production, by statewire/inspector/%s',
    async (name) => {
      const lines = `import { InspectorPanel } from '${source(name)}'\nconsole.log(InspectorPanel)`
      const production = await builtFor('production', lines)
      expect(production.modules.filter((module) => isPage(module) || isAttaching(module))).toEqual([])
      expect(production.size).toBeLessThan(1_000)
      const development = await builtFor('development', lines)
      expect(development.modules.some(isPage)).toBe(true)
      expect(development.size).toBeLessThan(1_500)
    },
  )

  test('has no page in production by the element alone', async () => {
    const lines = `import '${source('element')}'`
    expect((await builtFor('production', lines)).modules.filter(isPage)).toEqual([])
    expect((await builtFor('development', lines)).modules.some(isPage)).toBe(true)
  })

  test('has everything in production when it is asked for', async () => {
    const { modules } = await builtFor(
      'production',
      `import { InspectorPanel } from '${source('react')}'\nimport { always } from '${source('always')}'\nconsole.log(InspectorPanel, always)`,
    )
    expect(modules.some(isPage)).toBe(true)
    expect(modules.some(isAttaching)).toBe(true)
  })

  test('loads at most 60 kB of script, gzipped, when the panel opens', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'inspector-panel-'))
    await buildPanel(directory)
    const size = [...withImports(directory, 'panel.js')].reduce(
      (sum, name) => sum + gzipSync(readFileSync(join(directory, name)), { level: 9 }).length,
      0,
    )
    console.log(`${size} B when the panel opens`)
    expect(readdirSync(join(directory, 'page')).length).toBeGreaterThan(1)
    expect(size).toBeLessThanOrEqual(60_000)
  })
})

describe('on a server', () => {
  test('a process renders nothing by the wrappers, opens nothing, and ends by itself', () => {
    const program = `
      import { createElement } from 'react'
      import { renderToString } from 'react-dom/server'
      import { createSSRApp } from 'vue'
      import { renderToString as renderVue } from 'vue/server-renderer'
      import { createActor, createMachine } from 'xstate'
      const [react, vue] = await Promise.all(${JSON.stringify(entries)}.map((file) => import(file)))
      const actor = createActor(createMachine({}))
      console.log(JSON.stringify([
        renderToString(createElement(react.InspectorPanel, { actor })),
        await renderVue(createSSRApp(vue.InspectorPanel, { actor })),
        typeof HTMLElement,
        process.getActiveResourcesInfo().filter((name) => name === 'Timeout'),
      ]))`
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
      cwd: fileURLToPath(new URL('../../..', import.meta.url)),
      encoding: 'utf8',
      timeout: 20_000,
    })
    expect(JSON.parse(output)).toEqual(['', '<!---->', 'undefined', []])
  })
})
