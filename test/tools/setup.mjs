/**
 * Makes a clone ready for `npm start` and `npm test`: installs what the lock file says when it says something new, and adds
 * a newer Node for our own tools where the machine's is too old; with `--browsers` also the browser engines. Does nothing, in
 * a fifth of a second, when all is there.
 *
 * Plain JavaScript without imports from packages: it runs on the machine's Node (20 or newer) before anything is installed.
 */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { canInstall, installPackages, missingPackages } from '../engines/debian-packages.mjs'
import { atLeast, systemNode } from './system-node.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
process.chdir(root)

/** Ours runs TypeScript files as they are (22.18) and is what size-limit and tsup ask for. Users need none of it. */
const ownNode = '24.21.0'
const stampFile = 'node_modules/.setup-stamp'

const machine = systemNode()
const nodePackage = atLeast(machine.version, 22, 18) ? null : ownNodePackage()
const wanted = createHash('sha256')
  .update(readFileSync('package-lock.json'))
  .update(nodePackage ?? 'system')
  .digest('hex')

const browsers = process.argv.includes('--browsers')
const packages = browsers && canInstall() ? missingPackages() : []
const engines = packages.length > 0 ? installPackages(packages) : undefined

if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== wanted) {
  // --include=dev: under NODE_ENV=production npm would leave out every tool.
  await npm('ci', '--include=dev')
  await addNode()
  writeFileSync(stampFile, wanted)
} else if (nodePackage && !existsSync('node_modules/.bin/node')) {
  // Every plain `npm install` prunes it again, because it is in no package.json.
  await addNode()
}

if (browsers) {
  await engines
  // A process of its own: this one cannot load a TypeScript file on Node 20.
  const node = nodePackage ? 'node_modules/.bin/node' : process.execPath
  const { status } = spawnSync(node, ['test/tools/browsers.ts'], { stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

/**
 * The package that brings Node for this machine, by hand and never in package.json: an optional dependency of 120 MB would
 * land at every user's. Only glibc Linux has one at this version.
 */
function ownNodePackage() {
  const glibc = process.report?.getReport().header.glibcVersionRuntime
  if (process.platform === 'linux' && glibc && ['x64', 'arm64'].includes(process.arch)) {
    return `node-linux-${process.arch}@${ownNode}`
  }
  console.error(
    `The tools of this repository need Node 22.18 or newer, and here is ${machine.version} on ${process.platform} ${process.arch}.\n` +
      `Install Node 24 from https://nodejs.org/en/download (or: nvm install 24), then type the same command again.`,
  )
  process.exit(1)
}

async function addNode() {
  // The lock holds our dependencies, this is a tool beside them: --no-save keeps both files as they are.
  if (nodePackage) await npm('install', '--no-save', '--include=dev', nodePackage)
}

/** Runs npm with the machine's Node, because ours may be what it is about to replace. */
async function npm(...words) {
  const cli = process.env.npm_execpath
  console.log(`> npm ${words.join(' ')}`)
  const child = cli?.endsWith('.js')
    ? spawn(machine.path, [cli, ...words], { stdio: 'inherit' })
    : spawn('npm', words, { stdio: 'inherit', shell: process.platform === 'win32' })
  const status = await new Promise((resolve) => {
    child.on('error', () => resolve(1))
    child.on('close', resolve)
  })
  if (status !== 0) process.exit(status ?? 1)
}
