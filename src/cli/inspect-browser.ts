/**
 * The user's browser, by whatever the system has to open an address with.
 *
 * @module
 */
import { spawn } from 'node:child_process'

/** Resolves `false` when there is nothing to open it with. Does not wait for the browser. */
export function openInBrowser(url: string, platform: NodeJS.Platform = process.platform): Promise<boolean> {
  const [program, ...rest] = openerOf(platform)
  return new Promise((resolve) => {
    const child = spawn(program, [...rest, url], { stdio: 'ignore', detached: true })
    child.once('error', () => resolve(false))
    child.once('spawn', () => resolve(true))
    child.unref()
  })
}

function openerOf(platform: NodeJS.Platform): [program: string, ...rest: string[]] {
  if (platform === 'darwin') return ['open']
  if (platform === 'win32') return ['explorer.exe']
  return ['xdg-open']
}
