/**
 * What the server renders and the browser takes over, for React 18 and 19 alike.
 *
 * @module
 */
import { StrictMode, Suspense } from 'react'
import { TransportProvider, useMessages, useSSE } from '../../../src/react/index.ts'

function Feed({ url }: { readonly url: string }) {
  const feed = useSSE({ url })
  const texts = useMessages(feed, { select: ({ data }) => data })
  return <output>{`${feed.state}: ${texts.join(' ')}`}</output>
}

/** Comes later than the rest of the page, to a connection that is up already. */
function Late({ gate, url }: { readonly url: string; readonly gate: Gate }) {
  if (!gate.open) throw gate.opened
  return <Feed url={url} />
}

/** What a component suspends on, in the way that both versions know. */
export interface Gate {
  open: boolean
  readonly opened: Promise<void>
}

export function Application({ gate, url }: { readonly url: string; readonly gate: Gate }) {
  return (
    <StrictMode>
      <TransportProvider options={{ linger: 30 }}>
        <Feed url={url} />
        <Suspense fallback="later">
          <Late url={url} gate={gate} />
        </Suspense>
      </TransportProvider>
    </StrictMode>
  )
}
