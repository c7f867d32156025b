/**
 * What a page is told to do, and what it tells when it has done it.
 *
 * @module
 */

export interface PageTask {
  /** The server of the streams, behind a proxy that cuts. */
  readonly url: string
  /** The same without it. */
  readonly directUrl: string
  readonly token: string
}

export interface PageReport {
  readonly records: readonly unknown[]
  /** How often a connection was open. */
  readonly opened: number
  /** How often the browser would not try again by itself, so that the page had to. */
  readonly gaveUp: number
  /** Why the page could not go on; `null` when it read the stream to its end. */
  readonly failure: string | null
}

/** Left there by the page's own HTML. */
export function taskOfPage(): PageTask {
  return Reflect.get(globalThis, 'task')
}

export async function tell(report: PageReport): Promise<void> {
  await fetch('/report', { method: 'POST', body: JSON.stringify(report) })
}
