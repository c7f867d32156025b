/**
 * A promise that a test opens or refuses: for `authorize`, and whatever else is asked for and answered later.
 *
 * @module
 */

export interface Gate {
  /** Give this to the connection: each call waits until the gate is opened or refused. */
  (): Promise<void>
  open(): void
  refuse(error?: Error): void
}

/** Makes a gate that is shut after each passage. */
export function gate(): Gate {
  let waiting: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = []
  const take = (): typeof waiting => {
    const passing = waiting
    waiting = []
    return passing
  }
  return Object.assign(() => new Promise<void>((resolve, reject) => void waiting.push({ resolve, reject })), {
    open: () => {
      for (const { resolve } of take()) resolve()
    },
    refuse: (error = new Error('There is no new credential.')) => {
      for (const { reject } of take()) reject(error)
    },
  })
}
