/**
 * Runs once before all projects, in Vitest's own process: starts the rig that browser tests reach by its address.
 *
 * @module
 */
import type { TestProject } from 'vitest/node'
import type { RigAddresses } from './protocol.ts'
import { startRig } from './rig.ts'

declare module 'vitest' {
  interface ProvidedContext extends RigAddresses {}
}

/** Vitest calls it with the project; what it returns is called after the last test. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const rig = await startRig()
  project.provide('rigUrl', rig.rigUrl)
  project.provide('rigOtherUrl', rig.rigOtherUrl)
  project.provide('rigTlsUrl', rig.rigTlsUrl)
  return () => rig.close()
}
