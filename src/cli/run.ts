/**
 * From arguments to an exit code.
 *
 * @module
 */
import { createRequire } from 'node:module'
import { asTransportError } from '../errors.ts'
import { readCommand } from './arguments.ts'
import type { CommandIO } from './command-io.ts'
import { coverageHelpText } from './coverage-help.ts'
import type { CoverageOptions } from './coverage-options.ts'
import { type ExitCode, exitCodeOf, exitCodes } from './exit-codes.ts'
import { exportHelpText } from './export-help.ts'
import type { ExportOptions } from './export-options.ts'
import { helpText } from './help.ts'
import { inspectHelpText } from './inspect-help.ts'
import type { InspectOptions } from './inspect-options.ts'
import { serveHelpText } from './serve-help.ts'
import type { ServeOptions } from './serve-options.ts'
import { tail } from './tail.ts'
import { usage } from './usage.ts'

const helpTexts = {
  tail: helpText,
  serve: serveHelpText,
  export: exportHelpText,
  inspect: inspectHelpText,
  coverage: coverageHelpText,
}

/**
 * Runs the command. Never rejects; writes to `io.stdout` and `io.stderr` only.
 *
 * @param argv - the arguments after `statewire`
 */
export async function run(argv: readonly string[], io: CommandIO): Promise<ExitCode> {
  // Whoever closes stderr does not want to hear; it must not end the stream.
  io.stderr.on('error', () => undefined)
  try {
    const command = readCommand(argv)
    switch (command.name) {
      case 'help':
        return await print(io, helpTexts[command.of])
      case 'version':
        return await print(io, `${versionOf()}\n`)
      case 'tail':
        return await tail(command.options, io)
      case 'export':
        return await exportFrom(command.options, io)
      case 'serve':
        return await serveFrom(command.options, io)
      case 'inspect':
        return await inspectFrom(command.options, io)
      case 'coverage':
        return await coverageFrom(command.options, io)
    }
  } catch (thrown) {
    const failure = asTransportError(thrown)
    io.stderr.write(`statewire: ${failure.message}\nType statewire --help for what there is.\n`)
    return exitCodeOf(failure, false)
  }
}

/** Loaded when it is wanted, as everything that is not for clients. */
async function exportFrom(options: ExportOptions, io: CommandIO): Promise<ExitCode> {
  const { exportTo } = await import('./export.ts')
  return exportTo(options, io)
}

async function coverageFrom(options: CoverageOptions, io: CommandIO): Promise<ExitCode> {
  const { coverage } = await import('./coverage.ts')
  return coverage(options, io)
}

/** Loaded when it is wanted: the server needs `ws`, which is optional, and most runs of the command are clients. */
async function serveFrom(options: ServeOptions, io: CommandIO): Promise<ExitCode> {
  const { serve } = await import('./serve.ts').catch((error: unknown) => failedToLoad('serve', error))
  return serve(options, io)
}

async function inspectFrom(options: InspectOptions, io: CommandIO): Promise<ExitCode> {
  const { inspect } = await import('./inspect.ts').catch((error: unknown) => failedToLoad('inspect', error))
  return inspect(options, io)
}

function failedToLoad(name: string, error: unknown): never {
  const { code, message }: { code?: unknown; message?: unknown } = Object(error)
  if (code !== 'ERR_MODULE_NOT_FOUND' || !String(message).includes("'ws'")) throw error
  throw usage(`statewire ${name} needs the package ws: npm install ws.`, error)
}

function print({ stdout }: CommandIO, text: string): Promise<ExitCode> {
  return new Promise((resolve) => {
    // `statewire --help | true` is nobody's failure.
    stdout.on('error', () => resolve(exitCodes.ended))
    stdout.write(text, () => resolve(exitCodes.ended))
  })
}

/** From the package itself, which is at another distance from the sources than from the build. */
function versionOf(): string {
  const manifest: unknown = createRequire(import.meta.url)('statewire/package.json')
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : undefined
  return String(version)
}
