/**
 * The application as a server renders it.
 *
 * @module
 */
import { Writable } from 'node:stream'
import { renderToPipeableStream, renderToString } from 'react-dom/server'
import { Application } from './application.tsx'

/** At once; the late part is left to the browser. */
export function rendered(url: string): string {
  const opened = new Promise<void>(() => {})
  return renderToString(<Application url={url} gate={{ open: false, opened }} />)
}

/** As a stream, with everything in it. */
export function streamed(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let html = ''
    const page = new Writable({
      write(chunk, _encoding, done) {
        html += String(chunk)
        done()
      },
      final(done) {
        resolve(html)
        done()
      },
    })
    const gate = { open: true, opened: Promise.resolve() }
    const { pipe } = renderToPipeableStream(<Application url={url} gate={gate} />, {
      onAllReady: () => pipe(page),
      onError: reject,
    })
  })
}
