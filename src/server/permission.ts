/**
 * Whether the visitor of a request may do what it asks for.
 *
 * @module
 */

import type { ServerContext } from './context.ts'
import type { Exchange } from './exchange.ts'
import type { Action } from './security/principal.ts'

/** @throws Refusal when not: 404, or 403 where the application wants that said. */
export async function permit({ gate }: ServerContext, { visitor, path }: Exchange, action: Action): Promise<void> {
  if (!(await gate.allows(visitor, action, path))) throw gate.forbidden()
}
