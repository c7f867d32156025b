/**
 * The page of the walk that is looked at: a connection of its own, told to the hub that its address names.
 *
 * @module
 */
import { createActor } from 'xstate'
import { attachInspector, webSocketLink } from '../../../inspector/attach/index.ts'
import { sseConnection } from '../../../src/sse.ts'

const hub = new URLSearchParams(location.search).get('hub') ?? ''
const feed = createActor(sseConnection, { id: 'feed', input: { url: '/events' } }).start()
attachInspector(feed, { name: 'page-app', link: webSocketLink({ url: hub }) })
feed.send({ type: 'connect' })
