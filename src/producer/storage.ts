/**
 * Where what is to be sent waits: the contract of the outbox's storages. One that survives a reload keeps a producer's identity
 * together with what it has numbered, because the two are worth nothing apart: the server recognises a repetition by the number.
 *
 * @module
 */

/** Who appends. The id is bound to whoever used it first; the epoch counts its owners. */
export interface ProducerIdentity {
  readonly id: string
  readonly epoch: number
}

/** What was numbered together: sent, and repeated, exactly as it stands. */
export interface StoredBatch {
  readonly sequence: number
  readonly records: readonly (string | Uint8Array)[]
}

/**
 * One producer and what it has not had acknowledged. Whoever holds the slot is its only owner until {@link release}, or until it
 * dies. The methods are called one after another, never while an earlier one is under way; each rejects when nothing is sure.
 */
export interface OutboxSlot {
  readonly producer: ProducerIdentity
  /**
   * `new`: nobody had it before. `kept`: it goes on where its last owner stopped. `lost`: its id was asked for, and what waited
   * in it is gone; the epoch is a new one then.
   */
  readonly found: 'new' | 'kept' | 'lost'
  /** The number for the next append. */
  readonly next: number
  /** What waits, in order and without holes up to {@link next}. */
  readonly batches: readonly StoredBatch[]
  /** Keeps a batch, of number {@link next} and so on. Once resolved, it outlives a crash (in memory: nothing does). */
  put(batch: StoredBatch): Promise<void> | void
  /** Forgets everything up to and with this number. May be late: what is acknowledged twice is stored once. */
  acknowledge(sequence: number): Promise<void> | void
  /** In one step: the epoch is this one from now on, these batches are all that waits, and `next` is the number behind them. */
  renumber(epoch: number, batches: readonly StoredBatch[]): Promise<void> | void
  /** Lets others have it, with what is in it. Idempotent; never rejects. */
  release(): Promise<void> | void
  /**
   * Instead of {@link release}, when nothing of this producer will ever be taken: it is kept for a person to look at, and never
   * claimed or inherited again. Idempotent; never rejects. Without it such a slot is released.
   */
  bury?(): Promise<void> | void
}

/** A storage of slots: each stream has its own, and each tab or process that sends at the same time has one of them. */
export interface OutboxStorage {
  /** Whether what it keeps outlives this page or process. */
  readonly survives: boolean
  /**
   * Takes a slot of the stream that nobody holds, rather one in which something waits, or makes one.
   *
   * @param wanted - from a resume token: the producer to go on as. Known and free, it is taken (`kept`). Not known, it is made
   *   under the next epoch (`lost`). Held by somebody else, or buried, another slot is taken instead.
   */
  claim(stream: string, wanted?: ProducerIdentity): Promise<OutboxSlot>
  /**
   * Hands over each slot of the stream in which something waits and whose owner dies from now on, until the returned function is
   * called. Whoever gets it empties and releases it.
   */
  inherit?(stream: string, take: (slot: OutboxSlot) => void): () => void
}
