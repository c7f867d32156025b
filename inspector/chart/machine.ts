/**
 * A machine as far as it is drawn and counted: what any of XState has, and what is read from a definition that was told.
 *
 * @module
 */

export interface MachineTransition {
  readonly source: MachineState
  /** Empty for an `always`. */
  readonly eventType: string
  /** `undefined`: it only runs actions. */
  readonly target: readonly MachineState[] | undefined
  readonly guard?: unknown
  readonly actions: readonly unknown[]
  readonly reenter: boolean
}

export interface MachineState {
  readonly id: string
  readonly key: string
  /** The keys from the root, which is left out. */
  readonly path: readonly string[]
  readonly type: 'atomic' | 'compound' | 'parallel' | 'final' | 'history'
  readonly parent?: MachineState | undefined
  /** By key, in document order. */
  readonly states: Readonly<Record<string, MachineState>>
  /** Leads nowhere in all but compound states. */
  readonly initial: { readonly target: readonly MachineState[] }
  readonly invoke: readonly { readonly id: string; readonly src: unknown }[]
  readonly entry: readonly unknown[]
  readonly tags: readonly string[]
  /** By event, in the order in which they are tried. */
  readonly transitions: ReadonlyMap<string, readonly MachineTransition[]>
  readonly always?: readonly MachineTransition[] | undefined
}

export interface Machine {
  readonly id: string
  readonly root: MachineState
}
