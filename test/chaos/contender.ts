/**
 * Who takes part: a client library with the server that belongs to it, each used as its documentation says.
 *
 * @module
 */
import type { ChaosRecord } from './record.ts'
import type { Direction } from './traffic.ts'

/** What a client of a contender tells. */
export interface Ears {
  /** The application has read this. */
  read(value: unknown): void
  /** The application was told of an error that concerns what it wrote. */
  told(error: unknown): void
  /** It has given up in this direction, or cannot go on. */
  died(direction: Direction, why: string): void
}

export interface ContenderServer {
  readonly port: number
  /** Writes what clients read; in one go. */
  write(records: readonly ChaosRecord[]): Promise<void>
  /** What should not have happened in it. */
  readonly reports: readonly unknown[]
  close(): Promise<void>
}

export interface ContenderClient {
  /** Resolves when the client says that it is done with it, rejects when the application is told that it failed. */
  send(record: ChaosRecord): Promise<unknown>
  close(): Promise<void> | void
}

export interface Contender {
  readonly name: string
  readonly reads: boolean
  readonly writes: boolean
  /** What it writes it also reads. */
  readonly echoes: boolean
  /** It notices when a connection is silently dead. Who does not would wait for ever, and is spared that. */
  readonly watchful: boolean
  /** `stored` is called with each record that has come to the server. */
  serve(stored: (value: unknown) => void): Promise<ContenderServer>
  /** `random`: from 0 up to 1, for its jitter. */
  connect(url: string, ears: Ears, random: () => number): Promise<ContenderClient>
}
