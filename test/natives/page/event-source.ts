/**
 * Reads a stream with the browser's own `EventSource`, which reconnects by itself and says no more than `Last-Event-ID`.
 *
 * @module
 */
import { taskOfPage, tell } from './task.ts'

/** More than there are cuts in any test. */
const MOST_RESTARTS = 100

const { url } = taskOfPage()
const records: unknown[] = []
let opened = 0
let gaveUp = 0
let position = '-1'

function read(): void {
  const target = `${url}/v1/stream/log?offset=${position}&live=sse&errors=event`
  const source = new EventSource(target, { withCredentials: true })
  /** Data that no control event has confirmed: the browser does not know its position, and will be sent it again. */
  let unconfirmed: unknown[] = []
  const finish = (failure: string | null): void => {
    source.close()
    void tell({ records, opened, gaveUp, failure })
  }
  source.onopen = () => {
    opened += 1
    unconfirmed = []
  }
  source.addEventListener('data', ({ data }) => unconfirmed.push(...JSON.parse(data)))
  source.addEventListener('control', ({ data, lastEventId }) => {
    const control = JSON.parse(data)
    records.push(...unconfirmed)
    unconfirmed = []
    position = lastEventId
    if (control.streamReset !== undefined) finish(`reset: ${control.streamReset}`)
    else if (control.streamClosed === true) finish(null)
  })
  source.onerror = () => {
    // An answer whose head was cut off looks like one without the permission to read it, and that ends an EventSource.
    if (source.readyState !== EventSource.CLOSED) return
    gaveUp += 1
    if (gaveUp < MOST_RESTARTS) read()
    else finish('the browser gave up again and again')
  }
}

read()
