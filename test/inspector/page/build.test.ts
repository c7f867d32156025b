import { mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { buildPage } from '../../../inspector/page/build.ts'

let directory: string
const read = (name: string): string => readFileSync(join(directory, name), 'utf8')
const packed = (name: string): number => gzipSync(read(name), { level: 9 }).length

/** A script and all that it imports before it runs. */
function withImports(name: string, seen = new Set<string>()): Set<string> {
  if (seen.has(name)) return seen
  seen.add(name)
  for (const [, imported = ''] of read(name).matchAll(/(?:from|import)\s*"\.\/([^"]+)"/g)) withImports(imported, seen)
  return seen
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'inspector-page-'))
  await buildPage(directory)
}, 60_000)

describe('the built page', () => {
  test('begins with at most 60 kB of script, gzipped', () => {
    const first = [...withImports('main.js')]
    const size = first.reduce((sum, name) => sum + packed(name), 0)
    const all = readdirSync(directory).filter((name) => name.endsWith('.js'))
    console.log(`${size} B at first, ${all.reduce((sum, name) => sum + packed(name), 0)} B with all panels and exports`)
    expect(size).toBeLessThanOrEqual(60_000)
  })

  test('carries at most 90 kB of fonts, and their licences', () => {
    const fonts = readdirSync(join(directory, 'fonts'))
    const size = fonts
      .filter((name) => name.endsWith('.woff2'))
      .reduce((sum, name) => sum + statSync(join(directory, 'fonts', name)).size, 0)
    expect(size).toBeLessThanOrEqual(90_000)
    for (const name of ['inter', 'jetbrains-mono']) {
      expect(fonts).toContain(`${name}.woff2`)
      expect(read(join('fonts', `${name}.LICENSE.txt`))).toContain('SIL OPEN FONT LICENSE')
    }
  })

  test('names no other origin, no inline script and no inline style', () => {
    const html = read('index.html')
    expect(html).not.toMatch(/<style|style=|<script(?![^>]*src=)|\son[a-z]+=|https?:/)
    expect(read('main.css')).not.toMatch(/url\(["']?https?:|@import/)
  })
})
