/**
 * Secure by absence: what has to be written down before a server starts.
 *
 * @module
 */

import type { Authenticate, Authorize } from './principal.ts'

export interface AdmissionHooks {
  readonly authenticate: Authenticate | undefined
  readonly allowAnonymous: boolean
  readonly authorize: Authorize | undefined
}

/**
 * Refuses to run an open server that nobody meant to be open. Plain JavaScript can pass anything, and `allowAnonymous: 'false'`
 * would be true.
 *
 * @throws Error
 */
export function checkHooks({ authenticate, allowAnonymous, authorize }: AdmissionHooks): void {
  for (const [name, hook] of Object.entries({ authenticate, authorize }))
    if (hook !== undefined && typeof hook !== 'function') throw new Error(`${name} has to be a function.`)
  if (typeof allowAnonymous !== 'boolean') throw new Error('allowAnonymous has to be true or false.')
  if (authenticate === undefined && !allowAnonymous)
    throw new Error('Say who may come in: pass authenticate, or { allowAnonymous: true } to let everyone in.')
}
