/**
 * Which registry belongs to which manager. Apart from both, so that whoever only looks at managers loads none.
 *
 * @module
 */
import type { Registry } from './registry.ts'

const registries = new WeakMap<object, Registry>()

/** The connections of a running manager; `undefined` before it starts and after its end. */
export function findRegistry(manager: object): Registry | undefined {
  return registries.get(manager)
}

/** The manager runs; the returned function says that it is over. */
export function enrol(manager: object, registry: Registry): () => void {
  registries.set(manager, registry)
  return () => void registries.delete(manager)
}
