/**
 * @module
 */
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundled } from '../bundle.ts'

const folder = fileURLToPath(new URL('../../artefacts/bench', import.meta.url))

/** Bundles a script, named from the folder of the benchmarks, and says where it is: a single entry lies beside its chunks. */
export async function script(source: string): Promise<string> {
  return join(folder, basename(await bundled(source)))
}
