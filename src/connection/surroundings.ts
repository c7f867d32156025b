/**
 * Where a web page's connections find their environment: loaded with the first of them that works.
 * Node's own build of this module is silent: `surroundings.node.ts`.
 *
 * @module
 */
import type { Environment } from './environment-source.ts'

/**
 * Hands the page's environment over when its code is there, unless the returned function is called before. A page whose network
 * fails just then does without: its heartbeats still watch.
 */
export function withPlatform(enter: (environment: Environment) => void): () => void {
  let wanted = true
  import('./page-environment.ts').then(
    ({ pageEnvironment }) => {
      const environment = pageEnvironment()
      if (wanted && environment !== undefined) enter(environment)
    },
    () => {},
  )
  return () => {
    wanted = false
  }
}
