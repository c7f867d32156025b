import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openTokenFile } from './token-file.ts'

/** The path of a file with this text, that is gone after the test. */
async function fileWith(text: string | Uint8Array): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'statewire-tokens-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const path = join(folder, 'tokens')
  await writeFile(path, text, { mode: 0o600 })
  return path
}

test('a line is a token and perhaps a principal, in any spacing, with comments between', async () => {
  const path = await fileWith('\uFEFF# who may come in\r\n\r\nabc  ada\r\n\tdef/+~==\tgrace \n  # ghi\nada2 ada')
  const tokens = await openTokenFile(path)
  expect(tokens.principalOf('abc')).toBe('ada')
  expect(tokens.principalOf('ada2')).toBe('ada')
  expect(tokens.principalOf('def/+~==')).toBe('grace')
  for (const wrong of ['', 'ab', 'abcd', 'ABC', 'ghi', '#', 'ada', 'constructor'])
    expect(tokens.principalOf(wrong)).toBeNull()
})

test('a token without a principal gives one of its own, which does not change with its line', async () => {
  const path = await fileWith('one\ntwo\n')
  const before = await openTokenFile(path)
  await writeFile(path, 'zero\ntwo\none\n')
  const after = await openTokenFile(path)
  expect(before.principalOf('one')).toMatch(/^token-[0-9a-f]{16}$/)
  expect(before.principalOf('one')).not.toBe(before.principalOf('two'))
  expect(after.principalOf('one')).toBe(before.principalOf('one'))
})

test('read again, it says who lost a token', async () => {
  const path = await fileWith('a ada\nb bob\nc cleo\nd dan\n')
  const tokens = await openTokenFile(path)
  await writeFile(path, 'a ada\nb bert\nd2 dan\ne eve\n')
  expect((await tokens.reload()).toSorted()).toEqual(['bob', 'cleo', 'dan'])
  expect(['a', 'b', 'c', 'd', 'd2', 'e'].map((token) => tokens.principalOf(token))).toEqual([
    'ada',
    'bert',
    null,
    null,
    'dan',
    'eve',
  ])
})

test('read again and found broken, it stays as it was', async () => {
  const path = await fileWith('a ada\n')
  const tokens = await openTokenFile(path)
  await writeFile(path, 'a b c\n')
  await expect(tokens.reload()).rejects.toMatchObject({ code: 'bad_option' })
  expect(tokens.principalOf('a')).toBe('ada')
})

test.skipIf(process.platform === 'win32')('it is known whether everybody can read it', async () => {
  const path = await fileWith('a')
  expect((await openTokenFile(path)).readableByAll).toBe(false)
  await chmod(path, 0o644)
  expect((await openTokenFile(path)).readableByAll).toBe(true)
})

test.each([
  ['hunter2 a b\n', 'Line 1 of the token file is not TOKEN [PRINCIPAL].'],
  ['\n# c\nhunter2"\n', 'Line 3 of the token file is not TOKEN [PRINCIPAL].'],
  ['hunter2\nhunter2 ada\n', 'Line 2 of the token file repeats a token.'],
  ['# hunter2\n', 'The token file holds no token.'],
  [new Uint8Array(1_048_577), 'The token file is not a file of at most 1 MiB.'],
])('a file that cannot be right is refused by its line, never by its token', async (text, sentence) => {
  await expect(openTokenFile(await fileWith(text))).rejects.toMatchObject({ code: 'bad_option', message: sentence })
})

test('a file that is not there, or no file, is refused', async () => {
  await expect(openTokenFile('/nowhere/hunter2')).rejects.toThrow('The token file cannot be read.')
  await expect(openTokenFile(tmpdir())).rejects.toThrow('is not a file of at most 1 MiB.')
})
