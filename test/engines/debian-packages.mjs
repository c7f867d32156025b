/**
 * Debian's packages of the browser engines, and their installation, which a clone starts beside `npm ci`: the one waits for the
 * network while the other unpacks, and a cold CI run is most of a minute shorter.
 *
 * Plain JavaScript: it runs before anything is installed, on Node 20.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** @type {Readonly<Record<'chromium' | 'firefox' | 'webkit', readonly string[]>>} */
export const debianPackages = {
  chromium: ['chromium'],
  firefox: ['firefox-esr'],
  webkit: ['webkit2gtk-driver', 'xvfb'],
}

/** Whether this process may install packages here. */
export function canInstall() {
  return process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
}

/**
 * Installs what is missing of the given packages. Resolves with whether it worked; rejects never.
 *
 * @param {readonly string[]} packages
 */
export async function installPackages(packages) {
  await aptGet('update', '-qq')
  // The lock timeout waits for a machine's own updates to finish instead of failing at once.
  const options = ['-y', '-qq', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300']
  if (await aptGet('install', ...options, ...packages)) return true
  // One package at a time after a failure: Ubuntu has no firefox-esr, and that must not cost it the others.
  const installed = []
  for (const name of packages) installed.push(await aptGet('install', ...options, name))
  return installed.every(Boolean)
}

/** The packages that are not installed, without Chromium where there is a Chrome. */
export function missingPackages() {
  const chromium = existsSync('/usr/bin/google-chrome') ? [] : debianPackages.chromium
  return [...chromium, ...debianPackages.firefox, ...debianPackages.webkit].filter(
    // Removed but not purged, a package still has a status.
    (name) => !isInstalled(spawnSync('dpkg-query', ['--status', name], { encoding: 'utf8' }).stdout),
  )
}

/** @param {string} status as dpkg prints it; nothing of a package it does not know. */
function isInstalled(status) {
  return /^Status: install ok installed$/m.test(status)
}

/** @param {string[]} words */
function aptGet(...words) {
  console.log(`> apt-get ${words.join(' ')}`)
  return new Promise((resolve) => {
    const child = spawn('apt-get', words, {
      // One line per package is told on the way; the hundred libraries are not worth a screen.
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
    child.on('error', () => resolve(false))
    child.on('close', (status) => resolve(status === 0))
  })
}
