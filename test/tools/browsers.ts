/**
 * Last part of the set-up for `npm test`, behind Debian's packages: unpacks a Chromium where none is, and says what to type for
 * engines that are missing. Never fails: the test configuration decides whether a missing engine is fatal (it is in CI).
 *
 * @module
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { chromiumFile, installCommand, missingEngines, unpackedChromiumFolder } from '../engines/installed.ts'

if (!chromiumFile() && process.platform === 'linux' && process.arch === 'x64') unpackChromium()

const missing = missingEngines()
if (missing.length > 0) {
  console.log(`No ${missing.join(', no ')} on this machine. To run the tests there too, type:\n  ${howTo()}`)
}

function howTo(): string {
  if (existsSync('/usr/bin/apt-get')) return installCommand(missing)
  return missing.includes('chromium')
    ? 'nothing: install Google Chrome from https://www.google.com/chrome (Firefox ESR and WebKitGTK run on Debian)'
    : 'nothing: these engines are driven on Debian only'
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
