/**
 * One transaction for all that is asked in one turn. A commit waits for the disk, an append hardly does anything else: a
 * hundred appends in one commit cost little more than one.
 *
 * @module
 */

/** The transaction of an engine. Everything is synchronous, and all but `rollBack` may throw. */
export interface Transaction {
  begin(): void
  commit(): void
  /** Takes back what was done since `begin`, also where the engine has done that already. */
  rollBack(): void
  /** It is done, and nobody knows yet: told before anybody is answered. */
  committed(): void
  /** What the failure of an operation is called. */
  failed(error: unknown): Error
}

interface Operation {
  /** Does it, or does it again after it was taken back. */
  attempt(): void
  answer(): void
  reject(error: Error): void
}

/** So that one turn stays short, however much was asked in it: the rest is the next turn's. */
const MOST_OPERATIONS = 1_000
const LONGEST_MS = 20

export class GroupCommit {
  readonly #transaction: Transaction
  readonly #waiting: Operation[] = []
  #next: NodeJS.Immediate | null = null

  constructor(transaction: Transaction) {
    this.#transaction = transaction
  }

  /** Runs `operation` in the next transaction. When that fails it is run again, without those who made it fail. */
  run<Result>(operation: () => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      // Kept until the commit: an answer that is out cannot be taken back.
      let done: { readonly result: Result } | null = null
      this.#waiting.push({
        attempt: () => {
          done = { result: operation() }
        },
        answer: () => {
          if (done !== null) resolve(done.result)
        },
        reject,
      })
      this.#schedule()
    })
  }

  /** Does now what waits. */
  drain(): void {
    while (this.#waiting.length > 0) this.#commitNext()
    if (this.#next !== null) clearImmediate(this.#next)
    this.#next = null
  }

  #schedule(): void {
    if (this.#waiting.length === 0) return
    this.#next ??= setImmediate(() => {
      this.#next = null
      this.#commitNext()
      this.#schedule()
    })
  }

  #commitNext(): void {
    // Taken out first: who is told of a commit may close the store, and that drains what waits.
    const group = this.#waiting.splice(0, MOST_OPERATIONS)
    const done = this.#commit(group)
    this.#waiting.unshift(...group.slice(done))
  }

  /** Commits from the beginning of a group as many as time allows, and says how many have got their answer. */
  #commit(group: readonly Operation[]): number {
    const outcome = this.#attempt(group)
    if ('done' in outcome) {
      this.#transaction.committed()
      for (const operation of group.slice(0, outcome.done)) operation.answer()
      return outcome.done
    }
    if (group.length > 1) return this.#halve(group)
    group[0]?.reject(this.#transaction.failed(outcome.error))
    return group.length
  }

  #attempt(group: readonly Operation[]): { readonly done: number } | { readonly error: unknown } {
    const start = performance.now()
    try {
      let done = 0
      this.#transaction.begin()
      for (const operation of group) {
        operation.attempt()
        done++
        if (performance.now() - start > LONGEST_MS) break
      }
      this.#transaction.commit()
      return { done }
    } catch (error) {
      this.#transaction.rollBack()
      return { error }
    }
  }

  /** Which one made it fail is not always known (a full disk shows at the commit), and finding it by halves costs a logarithm. */
  #halve(group: readonly Operation[]): number {
    const middle = Math.ceil(group.length / 2)
    const done = this.#commit(group.slice(0, middle))
    return done < middle ? done : done + this.#commit(group.slice(middle))
  }
}
