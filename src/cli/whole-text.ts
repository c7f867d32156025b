/**
 * A result that is written in one go, to stdout or into a file.
 *
 * @module
 */
import { writeFile } from 'node:fs/promises'
import type { CommandIO } from './command-io.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { openOutput } from './output.ts'

/** Resolves when all of it was taken. A pipe that is closed early has seen what it wanted. Never rejects. */
export async function toStdout(text: string, { stdout }: CommandIO): Promise<ExitCode> {
  let code: ExitCode = exitCodes.ended
  const output = openOutput(stdout, {
    full() {},
    drained() {},
    ended(how) {
      if (how === 'failed') code = exitCodes.outputFailed
    },
  })
  output.write(text)
  await output.flush()
  return code
}

/**
 * Replaces what the file holds. Never rejects.
 *
 * @param option - which names the file, `--out` for example: stderr blames it when the file cannot be written
 */
export async function toFile(text: string, file: string, option: string, { stderr }: CommandIO): Promise<ExitCode> {
  try {
    await writeFile(file, text)
    return exitCodes.ended
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : ''
    stderr.write(`statewire: The file of ${option} cannot be written${reason}.\n`)
    return exitCodes.outputFailed
  }
}
