/**
 * `npm run smoke`, after a build: packs the package, unpacks it where a user's npm would, and runs a user's first program on
 * the machine's own Node (20 in CI). Nothing of this repository is in reach there except the dependencies the package declares.
 *
 * @module
 */
import { execFileSync } from 'node:child_process'
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { packageEntries, repository } from './package-entries.ts'
import { systemNode } from './system-node.mjs'

interface Manifest {
  readonly dependencies?: Record<string, string>
  readonly peerDependencies?: Record<string, string>
  readonly peerDependenciesMeta?: Record<string, { readonly optional?: boolean }>
}

/** Entries that an optional peer is the point of: encryption without `jose` is none, and hooks need their framework. */
const needing = ['encrypted', 'react', 'svelte', 'vue', 'inspector/react', 'inspector/svelte', 'inspector/vue'].map(
  (entry) => join('statewire', entry),
)

const folder = mkdtempSync(join(tmpdir(), 'statewire-smoke-'))
const installed = join(folder, 'node_modules', 'statewire')
const node = systemNode()

try {
  unpack()
  refuseInternalImports()
  refuseSettledModes()
  const manifest: Manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
  const peers = Object.keys(manifest.peerDependencies ?? {})
  const optional = peers.filter((name) => manifest.peerDependenciesMeta?.[name]?.optional)

  link([...Object.keys(manifest.dependencies ?? {}), ...peers.filter((name) => !optional.includes(name))])
  const clientEntries = packageEntries().filter(({ inBrowsers }) => inBrowsers)
  const names = clientEntries.map(({ subpath }) => join('statewire', subpath))
  run('import-all.mjs', ...names.filter((name) => !needing.includes(name)))
  link(optional)
  run('import-all.mjs', ...needing)
  run('consumer.mjs')
  for (const { output, subpath } of packageEntries()) {
    if (subpath === 'bin') run(join('node_modules', 'statewire', 'dist', 'node', `${output}.js`), '--help')
  }
} catch (failure) {
  // What a child printed is in the message; our own stack tells nothing more.
  console.error(failure instanceof Error ? failure.message : failure)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function unpack(): void {
  const packed = execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], {
    cwd: repository,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  const archive = packed.trim().split('\n').at(-1) ?? ''
  mkdirSync(installed, { recursive: true })
  execFileSync('tar', ['-xzf', archive, '--strip-components=1', '-C', installed], { cwd: folder })
  cpSync(join(repository, 'test', 'tools', 'smoke'), folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
}

/** `imports` of package.json points at sources, and those are not in the package: no file of it may need them. */
function refuseInternalImports(): void {
  for (const file of globSync('dist/**/*.{js,ts}', { cwd: installed })) {
    const found = /(?:from|import)\s*\(?\s*['"](#[^'"]+|[^'"]+(?<!\.d)\.tsx?)['"]/.exec(
      readFileSync(join(installed, file), 'utf8'),
    )
    if (found) throw new Error(`${file} imports ${found[1]}, which the package does not have.`)
  }
}

/** Whether a build is for production is for a user's bundler to say, and by that it leaves the inspector out. */
function refuseSettledModes(): void {
  for (const module of ['element/parts', 'attach/runtime']) {
    const file = join('dist', 'browser', 'inspector', `${module}.js`)
    if (!readFileSync(join(installed, file), 'utf8').includes('process.env.NODE_ENV')) {
      throw new Error(`${file} does not ask for NODE_ENV: it was settled when the package was built.`)
    }
  }
}

function link(names: readonly string[]): void {
  for (const name of names) {
    const place = join(folder, 'node_modules', name)
    mkdirSync(dirname(place), { recursive: true })
    symlinkSync(join(repository, 'node_modules', name), place, 'junction')
  }
}

/** Fails after a minute: a program that does not end has left a handle open. */
function run(file: string, ...words: readonly string[]): void {
  const { NODE_OPTIONS: _ours, ...environment } = process.env
  const output = execFileSync(node.path, [file, ...words], {
    cwd: folder,
    encoding: 'utf8',
    stdio: 'pipe',
    env: environment,
    timeout: 60_000,
  })
  console.log(`${file.split(/[\\/]/).at(-1)}: ${output.trim().split('\n').at(0) || 'ok'}`)
}
