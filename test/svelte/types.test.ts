import { execFile } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Readable } from 'svelte/store'
import { expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { json } from '../../src/index.ts'
import type { Message } from '../../src/link.ts'
import {
  messages,
  type SharedConfig,
  sharedTransport,
  sseStore,
  TransportManager,
  type TransportStore,
  transport,
} from '../../src/svelte/index.ts'

const folder = fileURLToPath(new URL('./', import.meta.url))
const artefacts = new URL('../artefacts/svelte-guide/', import.meta.url)
const checker = fileURLToPath(new URL('../../node_modules/svelte-check/bin/svelte-check', import.meta.url))

/** The examples of the guide, each a component of its own. */
async function writeExamples(): Promise<number> {
  const guide = await readFile(new URL('../../docs/svelte.md', import.meta.url), 'utf8')
  const examples = [...guide.matchAll(/^```svelte\n(.*?)^```/gms)].map(([, code = '']) => code)
  await rm(artefacts, { recursive: true, force: true })
  await mkdir(artefacts, { recursive: true })
  await Promise.all(examples.map((code, index) => writeFile(new URL(`Example${index + 1}.svelte`, artefacts), code)))
  return examples.length
}

/** What svelte-check says about every component (the rest is for tsc): those here, about the guide's and about the example, as `file:line`. */
function problems(): Promise<string[]> {
  const options = [
    '--workspace',
    folder,
    '--tsconfig',
    './tsconfig.json',
    '--output',
    'machine',
    '--threshold',
    'error',
  ]
  return new Promise((resolve) => {
    // It leaves with 1 where it finds something.
    execFile(process.execPath, [checker, ...options], { cwd: folder }, (_failed, output) =>
      resolve([...output.matchAll(/ERROR "([^"]+\.svelte)" (\d+):/g)].map(([, file, line]) => `${file}:${line}`)),
    )
  })
}

test('wrong usage in a component fails to compile, each mistake where it is, and the guide’s examples do not', async () => {
  expect(await writeExamples()).toBeGreaterThan(4)
  const mistakes = [6, 7, 8, 9, 12, 13, 17].map((line) => `wrong/Wrong.svelte:${line}`)
  expect(await problems()).toEqual(mistakes)
}, 120_000)

test('schemas and codecs type what is received and what may be sent', async () => {
  const manager = new TransportManager()
  const prices = sharedTransport(manager, 'sse', {
    url: 'http://127.0.0.1:9/',
    codec: json,
    incoming: z.object({ price: z.number() }),
    outgoing: z.object({ symbol: z.string() }),
    connect: false,
  })
  expectTypeOf(prices).toEqualTypeOf<TransportStore<{ price: number }, { symbol: string }>>()
  expectTypeOf(messages(prices)).toEqualTypeOf<Readable<readonly Message<{ price: number }>[]>>()
  expectTypeOf(prices.send).parameter(0).toEqualTypeOf<{ symbol: string }>()
  // @ts-expect-error the outgoing schema wants a string
  await expect(prices.send({ symbol: 1 })).rejects.toMatchObject({ code: 'schema_refused' })
  manager.closeAll()
})

test('a configuration may be a function or a store, and is inferred the same', () => {
  const incoming = z.object({ price: z.number() })
  type Prices = TransportStore<{ price: number }, unknown>
  expectTypeOf(() => sseStore(() => ({ url: '/', codec: json, incoming }))).returns.toEqualTypeOf<Prices>()
  expectTypeOf(() => transport('sse', () => ({ url: '/', codec: json, incoming }))).returns.toEqualTypeOf<Prices>()
  expectTypeOf((config: Readable<SharedConfig<'sse', { price: number }>>) =>
    sseStore(config),
  ).returns.toEqualTypeOf<Prices>()
  // @ts-expect-error a WebSocket's option
  const wrong = () => sseStore({ url: '/', protocols: ['a'] })
  expect(wrong).toThrow()
})

test('outside of components one is told what to use there', () => {
  expect(() => sseStore({ url: '/' })).toThrow(
    expect.objectContaining({ code: 'no_provider', message: expect.stringContaining('sharedTransport(') }),
  )
})
