import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

interface Example {
  readonly name: string
  readonly code: string
}

function filesUnder(folder: string, ending: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending) && !entry.parentPath.includes('node_modules'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
}

/** Every \`\`\`ts block of the README and of docs/. */
function examplesOfPages(): Example[] {
  return ['README.md', ...filesUnder('docs', '.md')].flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/^```tsx?\n(.*?)^```/gms)].map(([, code = ''], index) => ({
      name: `${file}, example ${index + 1}`,
      code,
    })),
  )
}

const paths = {
  statewire: ['src/index.ts'],
  'statewire/server': ['src/server/index.ts'],
  'statewire/machines': ['machines/index.ts'],
  'statewire/testing': ['src/testing/index.ts'],
  'statewire/testing/server': ['src/testing/server.ts'],
  'statewire/*': ['src/*.ts', 'src/*/index.ts'],
}

/** Compiles each example as a module of its own, as a user's file that imports the package. */
function problemsOf(examples: readonly Example[]): string[] {
  const sources = new Map(examples.map(({ code }, index) => [join(root, 'test/docs', `example-${index}.tsx`), code]))
  const config = ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile).config,
    ts.sys,
    root,
  )
  const options: ts.CompilerOptions = {
    ...config.options,
    paths,
    pathsBasePath: root,
    noEmit: true,
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
  }
  const host = ts.createCompilerHost(options)
  const { fileExists, getSourceFile, readFile } = host
  host.fileExists = (file) => sources.has(file) || fileExists(file)
  host.readFile = (file) => sources.get(file) ?? readFile(file)
  host.getSourceFile = (file, language, ...rest) => {
    const code = sources.get(file)
    return code === undefined ? getSourceFile(file, language, ...rest) : ts.createSourceFile(file, code, language, true)
  }
  const program = ts.createProgram([...sources.keys()], options, host)
  const files = [...sources.keys()]
  return files.flatMap((file, index) => {
    const source = program.getSourceFile(file)
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      (problem) => `${examples[index]?.name}: ${ts.flattenDiagnosticMessageText(problem.messageText, ' ')}`,
    )
  })
}

test('every example of the README and the docs compiles', () => {
  const examples = examplesOfPages()
  expect(examples.length).toBeGreaterThan(8)
  expect(problemsOf(examples)).toEqual([])
}, 120_000)
