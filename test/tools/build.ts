/**
 * `npm run build`: the package into `dist`. The same sources twice, because `#http` and `#websocket` (package.json, `imports`)
 * mean other files in Node than elsewhere and are settled here: nothing of `imports` is left for a user's bundler to resolve.
 *
 * @module
 */
import { spawnSync } from 'node:child_process'
import { existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { build } from 'tsup'
import { buildPage, buildPanel } from '../../inspector/page/build.ts'
import { bundledApart, modulesOf, oneFilePerModule, outputOf } from './one-file-per-module.ts'
import { packageEntries, repository } from './package-entries.ts'

process.chdir(repository)
rmSync('dist', { recursive: true, force: true })

const entries = packageEntries().filter(({ subpath, source }) => {
  const found = existsSync(source)
  // Said and gone on: publint and attw then refuse the package, so that nothing incomplete can pass for whole.
  if (!found) console.error(`${subpath} has no source: ${source} does not exist.`)
  return found
})
try {
  await compile('browser')
  await compile('node')
} catch (failure) {
  // esbuild has printed what is wrong, and where; the stack would only show esbuild.
  console.error(failure instanceof Error ? failure.message : failure)
  process.exit(1)
}
await buildPage('dist/inspector')
console.log('dist/inspector: the page')
await panel()
declarations()
settleImports()

async function compile(platform: 'browser' | 'node'): Promise<void> {
  const wanted = entries.filter(({ inBrowsers }) => platform === 'node' || inBrowsers)
  const modules = await modulesOf(
    wanted.map(({ source }) => source),
    platform,
  )
  await build({
    config: false,
    entry: Object.fromEntries(modules.map((source) => [outputOf(source), source])),
    esbuildPlugins: [oneFilePerModule()],
    outDir: `dist/${platform}`,
    platform,
    format: 'esm',
    target: platform === 'node' ? 'node20.19' : 'es2022',
    sourcemap: true,
    // Users' bundlers minify; what they read while debugging stays readable.
    minify: false,
    // Theirs to decide: for browsers esbuild would write "development" in its place, and no production build left anything out.
    define: { 'process.env.NODE_ENV': 'process.env.NODE_ENV' },
    dts: false,
    // tsup would turn `node:http` into `http`, which bundlers take for a package.
    removeNodeProtocol: false,
    silent: true,
  })
  console.log(`dist/${platform}: ${modules.length} modules behind ${wanted.map(({ subpath }) => subpath).join(' ')}`)
}

/** The page as the panel loads it: for browsers, whatever the conditions are by which a bundler has found who loads it. */
async function panel(): Promise<void> {
  const output = outputOf(bundledApart)
  const folder = dirname(output)
  await buildPanel(join('dist/browser', folder))
  const path = relative(join('/node', folder), join('/browser', output))
  writeFileSync(join('dist/node', `${output}.js`), `export * from '${path}.js'\n`)
  console.log(`dist/browser/${output}.js: the page in a panel`)
}

/** By the compiler itself and once for both: three times as fast as through tsup. */
function declarations(): void {
  const { status } = spawnSync('tsc', ['-p', 'test/tools/tsconfig.build.json'], { stdio: 'inherit' })
  // The compiler writes them in spite of an error, and what else is wrong is worth knowing in the same run.
  process.exitCode = status ?? 1
  // Of what is bundled apart no user sees a type; these would name packages that users do not have.
  for (const room of ['page', 'element/{dock,own-window,panel,sheet}.d.ts*']) {
    for (const found of globSync(`dist/types/inspector/${room}`)) rmSync(found, { recursive: true })
  }
  console.log('dist/types: declarations')
}

/**
 * Declarations still say `./link.ts` and `#http`. A user's compiler finds no `.ts` beside them and no source behind `#http`,
 * so both are written as the files that are there.
 */
function settleImports(): void {
  const internal = internalImports()
  for (const file of globSync('dist/types/**/*.d.ts')) {
    const text = readFileSync(file, 'utf8')
    const settled = text.replaceAll(
      /(from |import\(|import )(['"])([.#][^'"]*)\2/g,
      (_all, before: string, quote: string, specifier: string) => {
        const target = internal.get(specifier)
        const path = target === undefined ? specifier : toSibling(file, join('dist/types', target))
        return `${before}${quote}${path.replace(/(?<!\.d)\.tsx?$/, '.js')}${quote}`
      },
    )
    if (settled !== text) writeFileSync(file, settled)
  }
}

/** `#http` and the like with the source they mean outside Node. */
function internalImports(): ReadonlyMap<string, string> {
  const { imports }: { imports: Record<string, { default: string }> } = JSON.parse(readFileSync('package.json', 'utf8'))
  return new Map(Object.entries(imports).map(([specifier, conditions]) => [specifier, conditions.default]))
}

function toSibling(from: string, to: string): string {
  const path = relative(dirname(from), to)
  return path.startsWith('.') ? path : `./${path}`
}
