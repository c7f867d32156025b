import { readdir, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { catalogue } from './catalogue.ts'

const here = new URL('./', import.meta.url)

test('the catalogue is complete, and written down in docs/bad-input.md, row by row', async () => {
  expect(catalogue.map(([number]) => number)).toEqual(
    Array.from({ length: 62 }, (_, at) => `B${String(at + 1).padStart(2, '0')}`),
  )
  const text = await readFile(new URL('../../docs/bad-input.md', here), 'utf8')
  const written = text
    .split('\n')
    .filter((line) => /^\| B\d\d /.test(line))
    .map((line) => line.slice(2, -2).split(' | '))
  expect(written).toEqual(catalogue)
})

test('each entry of the catalogue has a test', async () => {
  const files = (await readdir(here)).filter((name) => name.endsWith('.test.ts'))
  const texts = await Promise.all(files.map((name) => readFile(new URL(name, here), 'utf8')))
  const tested = new Set(texts.join('\n').match(/'B\d\d'/g))
  expect(catalogue.filter(([number]) => !tested.has(`'${number}'`))).toEqual([])
})
