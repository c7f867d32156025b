/**
 * Second half of the set-up for `npm test`: gets the browser engines that are missing where the machine lets it, and says
 * what to type where it does not. Never fails: the test configuration decides whether a missing engine is fatal (it is in CI).
 *
 * @module
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import {
  chromiumFile,
  debianPackages,
  installCommand,
  missingEngines,
  unpackedChromiumFolder,
} from '../engines/installed.ts'

if (missingEngines().length > 0 && canInstall()) install(missingEngines().flatMap((engine) => debianPackages[engine]))
if (!chromiumFile() && process.platform === 'linux' && process.arch === 'x64') unpackChromium()

const missing = missingEngines()
if (missing.length > 0) {
  console.log(`No ${missing.join(', no ')} on this machine. To run the tests there too, type:\n  ${howTo()}`)
}

function canInstall(): boolean {
  return process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
}

function howTo(): string {
  if (existsSync('/usr/bin/apt-get')) return installCommand(missing)
  return missing.includes('chromium')
    ? 'nothing: install Google Chrome from https://www.google.com/chrome (Firefox ESR and WebKitGTK run on Debian)'
    : 'nothing: these engines are driven on Debian only'
}

/** One package at a time after a failure: Ubuntu has no firefox-esr, and that must not cost it the others. */
function install(packages: readonly string[]): void {
  aptGet('update', '-qq')
  if (aptInstall(packages)) return
  for (const name of packages) aptInstall([name])
}

function aptInstall(packages: readonly string[]): boolean {
  // The lock timeout waits for a machine's own updates to finish instead of failing at once.
  return aptGet('install', '-y', '-qq', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300', ...packages)
}

function aptGet(...words: readonly string[]): boolean {
  console.log(`> apt-get ${words.join(' ')}`)
  const { status } = spawnSync('apt-get', words, {
    // One line per package is told on the way; the hundred libraries are not worth a screen.
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
  return status === 0
}

/**
 * The npm package holds a compressed Chromium. It is unpacked here, once, because test processes that start together would
 * race; and freshly, because it never replaces a stale one itself.
 */
function unpackChromium(): void {
  console.log('> unpacking the Chromium of @sparticuz/chromium')
  rmSync(unpackedChromiumFolder, { recursive: true, force: true })
  mkdirSync(unpackedChromiumFolder, { recursive: true })
  const unpack = `import chromium from '@sparticuz/chromium'; await chromium.executablePath()`
  spawnSync(process.execPath, ['--input-type=module', '--eval', unpack], {
    stdio: 'inherit',
    env: { ...process.env, TMPDIR: unpackedChromiumFolder },
  })
  if (!existsSync(join(unpackedChromiumFolder, 'chromium'))) console.error('It could not be unpacked.')
}
