import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { contentTypeOf, readData } from './request-data.ts'

const nothing = Readable.from([])
const { signal } = new AbortController()
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'statewire-data-'))
})

afterAll(() => rm(folder, { recursive: true }))

test('text is taken as it stands', async () => {
  expect(await readData('{"a":1}', nothing, signal)).toBe('{"a":1}')
})

test('a file is read; what is no UTF-8 stays bytes', async () => {
  await writeFile(join(folder, 'text'), 'é\n')
  await writeFile(join(folder, 'bytes'), Uint8Array.of(0xff, 0))
  expect(await readData(`@${join(folder, 'text')}`, nothing, signal)).toBe('é\n')
  expect(await readData(`@${join(folder, 'bytes')}`, nothing, signal)).toEqual(Uint8Array.of(0xff, 0))
})

test('stdin is read to its end, characters across chunks included', async () => {
  const [first, second] = [Buffer.from('é').subarray(0, 1), Buffer.from('é').subarray(1)]
  expect(await readData('-', Readable.from([first, second]), signal)).toBe('é')
})

test('a missing file and an endless stdin are refused, without a path in the sentence', async () => {
  await expect(readData(`@${join(folder, 'none')}`, nothing, signal)).rejects.toMatchObject({
    code: 'bad_option',
    message: expect.not.stringContaining(folder),
  })
  const zeros = Readable.from(
    (function* () {
      for (;;) yield Buffer.alloc(1_048_576)
    })(),
  )
  await expect(readData('-', zeros, signal)).rejects.toMatchObject({
    code: 'bad_option',
    message: /longer than 16777216 bytes/,
  })
  expect(zeros.destroyed).toBe(true)
})

test('Ctrl-C ends the wait for a stdin that never ends', async () => {
  const interrupted = new AbortController()
  const waiting = readData('-', new Readable({ read: () => undefined }), interrupted.signal)
  interrupted.abort()
  await expect(waiting).rejects.toMatchObject({ code: 'aborted' })
})

test.each([
  ['{"a":1}', 'application/json'],
  ['[]', 'application/json'],
  ['12', 'text/plain;charset=UTF-8'],
  ['hello', 'text/plain;charset=UTF-8'],
  [Uint8Array.of(1), 'application/octet-stream'],
])('%j is sent as %s', (data, type) => {
  expect(contentTypeOf(data)).toBe(type)
})
